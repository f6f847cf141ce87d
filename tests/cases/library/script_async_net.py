import asyncio, socket, sys, threading, time, contextlib, selectors, http.server, urllib.request, urllib.error, urllib.parse, json
async def child(n, d):
    await asyncio.sleep(d); return n * n
async def main():
    print(await asyncio.gather(*(child(i, .03 - i / 100) for i in range(3))))
    async with asyncio.TaskGroup() as tg: a = tg.create_task(child(5, 0)); b = tg.create_task(child(6, .01), name="bee")
    print(a.result(), b.result(), b.get_name())
    try: await asyncio.wait_for(child(1, 5), .01)
    except TimeoutError: print("timeout")
    try:
        async with asyncio.timeout(.01): await asyncio.sleep(9)
    except TimeoutError as e: print("timeout2", repr(e))
    t = asyncio.create_task(child(1, 9)); await asyncio.sleep(0); t.cancel("why")
    try: await t
    except asyncio.CancelledError as e: print("cancelled", e.args, t.cancelled())
    try:
        async with asyncio.TaskGroup() as tg: tg.create_task(fail(ValueError("x"))); tg.create_task(fail(KeyError("y")))
    except* ValueError as eg: print("EG", eg.exceptions)
    except* KeyError as eg: print("EG2", eg.exceptions)
    print(await asyncio.gather(fail(OSError(5)), child(2, 0), return_exceptions=True))
    q = asyncio.Queue(2); out = []
    async def prod():
        for i in range(5): await q.put(i)
        await q.put(None)
    async def cons():
        while (x := await q.get()) is not None: out.append(x)
    await asyncio.gather(prod(), cons()); print(out)
    lock, sem, ev = asyncio.Lock(), asyncio.Semaphore(2), asyncio.Event()
    async def use(i):
        async with sem, lock: out.append(i)
    await asyncio.gather(*map(use, range(3))); print(out); asyncio.get_running_loop().call_later(.01, ev.set); await ev.wait(); print(ev.is_set(), await asyncio.to_thread(sum, [1, 2]))
    async def handle(r, w):
        while line := await r.readline(): w.write(line.upper()); await w.drain()
        w.close()
    srv = await asyncio.start_server(handle, "127.0.0.1", 0); port = srv.sockets[0].getsockname()[1]
    r, w = await asyncio.open_connection("127.0.0.1", port); w.write(b"abc\ndef\n"); w.write_eof(); print(await r.read()); w.close(); await w.wait_closed(); srv.close(); await srv.wait_closed()
    p = await asyncio.create_subprocess_exec(sys.executable, "-c", "print(input()[::-1]); import sys; sys.exit(4)", stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE); print(await p.communicate(b"hello\n"), p.returncode)
    async def agen():
        try:
            for i in range(3): yield i
        finally: print("agen closed")
    print([x async for x in agen()]); 
    async with contextlib.aclosing(agen()) as g:
        async for x in g: break
    f = asyncio.get_running_loop().create_future(); f.set_result(3); print(await f, await asyncio.shield(child(3, 0)), [await c for c in asyncio.as_completed([child(1, .02), child(2, 0)])]); done, pend = await asyncio.wait([asyncio.create_task(child(9, 0)), asyncio.create_task(child(8, 5))], return_when=asyncio.FIRST_COMPLETED); print(len(done), len(pend)); [p.cancel() for p in pend]
async def fail(e): raise e
asyncio.run(main())
try: asyncio.run(fail(RuntimeError("top")))
except RuntimeError as e: print(e)
class H(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        if self.path.startswith("/err"): return self.send_error(404, "gone")
        if self.path == "/redir": self.send_response(302); self.send_header("Location", "/ok?q=1"); self.end_headers(); return
        body = json.dumps({"path": self.path, "ua": self.headers["X-Me"]}).encode(); self.send_response(200); self.send_header("Content-Length", str(len(body))); self.end_headers(); self.wfile.write(body)
    def do_POST(self): n = int(self.headers["Content-Length"]); d = self.rfile.read(n); self.send_response(201); self.end_headers(); self.wfile.write(d[::-1])
    def log_message(self, *a): pass
srv = http.server.ThreadingHTTPServer(("127.0.0.1", 0), H); th = threading.Thread(target=srv.serve_forever); th.start(); u = f"http://127.0.0.1:{srv.server_port}"
print(json.load(urllib.request.urlopen(urllib.request.Request(u + "/a%20b?x=1", headers={"X-Me": "me"}))), urllib.request.urlopen(u + "/redir").read(), urllib.request.urlopen(u, data=b"post").read())
try: urllib.request.urlopen(u + "/err")
except urllib.error.HTTPError as e: print(e, e.code, e.reason, e.headers["Server"].split("/")[0], "gone" in e.read().decode())
srv.shutdown(); th.join(); srv.server_close()
try: urllib.request.urlopen(u, timeout=1)
except urllib.error.URLError as e: print(e)
print(urllib.parse.urlparse("http://u:p@h:80/p;x?q=1#f"), urllib.parse.urlencode({"a": [1, 2], "b": "é &"}, doseq=True), urllib.parse.parse_qs("a=1&a=2&b="), urllib.parse.quote("a b/é"), urllib.parse.unquote("%C3%A9+"), urllib.parse.urljoin("http://a/b/c", "../d"))
a, b = socket.socketpair(); a.sendall(b"xyz"); print(b.recv(2), b.recv(9)); a.shutdown(socket.SHUT_WR); print(b.recv(1)); b.settimeout(.01)
try: a.recv(1) if a.settimeout(.01) is None else 0
except TimeoutError as e: print(type(e).__name__, e)
a.close(); b.close()
for f in [lambda: a.send(b"x"), lambda: socket.create_connection(("127.0.0.1", 1), timeout=1), lambda: socket.gethostbyname("no.such.invalid"), lambda: socket.inet_aton("x"), lambda: socket.socket().connect("x"), lambda: socket.socket().bind(("127.0.0.1", 99999)), lambda: socket.socket().accept()]:
    try: print(f())
    except Exception as e: print(type(e).__name__, e)
sel = selectors.DefaultSelector(); r, w = socket.socketpair(); sel.register(r, selectors.EVENT_READ, "data"); print(sel.select(0)); w.send(b"!"); print([(k.data, m) for k, m in sel.select(1)], len(sel.get_map())); sel.unregister(r); sel.close(); r.close(); w.close()
with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as s: s.bind(("127.0.0.1", 0)); s.sendto(b"dg", s.getsockname()); print(s.recvfrom(10)[0], s.family, s.type, socket.ntohs(1), socket.inet_ntop(socket.AF_INET6, b"\0" * 15 + b"\1"), socket.getservbyname("http"))
