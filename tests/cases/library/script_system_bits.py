import signal, os, select, socket, socketserver, threading, time, sys, pwd, grp, resource, fcntl, errno, stat, atexit, gc, sysconfig, runpy, zipfile, importlib, tempfile, timeit, contextlib, io, copyreg, multiprocessing, getpass, types  # all on loopback and in a temporary directory
log = []
signal.signal(signal.SIGUSR1, lambda s, f: log.append((signal.Signals(s).name, f.f_code.co_name))); os.kill(os.getpid(), signal.SIGUSR1); print(log, signal.getsignal(signal.SIGUSR1) is not None, signal.Signals.SIGTERM, signal.strsignal(15), signal.SIGINT in signal.valid_signals(), signal.getsignal(signal.SIGTERM), signal.default_int_handler)
def alarm(s, f): raise TimeoutError("late")
signal.signal(signal.SIGALRM, alarm); signal.setitimer(signal.ITIMER_REAL, .05)
try: time.sleep(5)
except TimeoutError as e: print("alarm", e)
signal.setitimer(signal.ITIMER_REAL, .05)
try:
    while True: pass
except TimeoutError as e: print("loop", e)
r, w = os.pipe(); signal.setitimer(signal.ITIMER_REAL, .05)
try: os.read(r, 1)
except TimeoutError as e: print("read", e)
signal.setitimer(signal.ITIMER_REAL, .05)
try: threading.Lock().acquire() and (l := threading.Lock()).acquire() and l.acquire()
except TimeoutError as e: print("lock", e)
signal.setitimer(signal.ITIMER_REAL, .05)
try: select.select([r], [], [])
except TimeoutError as e: print("select", e)
signal.setitimer(signal.ITIMER_REAL, .05); p = select.poll(); p.register(r, select.POLLIN)
try: p.poll()
except TimeoutError as e: print("poll", e)
a, b = socket.socketpair(); signal.setitimer(signal.ITIMER_REAL, .05)
try: a.recv(1)
except TimeoutError as e: print("recv", e)
try:
    signal.raise_signal(signal.SIGINT)
except KeyboardInterrupt: print("KeyboardInterrupt")
print(signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGUSR2]), end=" "); signal.signal(signal.SIGUSR2, lambda *x: log.append("usr2")); os.kill(os.getpid(), signal.SIGUSR2); print(signal.sigpending(), len(log), end=" "); signal.pthread_sigmask(signal.SIG_UNBLOCK, [signal.SIGUSR2]); print(log[-1], signal.sigtimedwait([signal.SIGUSR1], 0))
os.write(w, b"xyz"); print(select.select([r], [w], [], 0), p.poll(0) == [(r, select.POLLIN)], fcntl.fcntl(r, fcntl.F_GETFL) & os.O_ACCMODE, os.get_blocking(r), os.get_inheritable(r)); e = select.epoll(); e.register(r, select.EPOLLIN); print(e.poll(0), e.closed); e.close()
class H(socketserver.StreamRequestHandler):
    def handle(self): self.wfile.write(self.rfile.readline().upper())
with socketserver.ThreadingTCPServer(("127.0.0.1", 0), H) as srv:
    threading.Thread(target=srv.serve_forever, daemon=True).start()
    with socket.create_connection(srv.server_address) as c: c.sendall(b"hello\n"); print(c.makefile().readline()); 
    srv.shutdown()
print(pwd.getpwuid(0)[:1], pwd.getpwnam("root").pw_uid, grp.getgrgid(0).gr_name, resource.getrlimit(resource.RLIMIT_CORE)[0] >= -1, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss > 0, errno.errorcode[2], os.strerror(13), stat.S_ISDIR(os.stat("/").st_mode), getpass.getuser() != "")
for f in (lambda: pwd.getpwnam("nobody_zz"), lambda: grp.getgrnam("zz_no"), lambda: fcntl.fcntl(-1, 1), lambda: signal.signal(0, alarm), lambda: signal.pthread_kill(1, 99) if 0 else 0, lambda: os.kill(os.getpid(), 999), lambda: select.select([-1], [], [], 0), lambda: select.select(1, [], []), lambda: select.poll().register(-1), lambda: e.poll()):
    try: print(f())
    except Exception as x: print(type(x).__name__, x)
d = tempfile.mkdtemp(); sys.path.insert(0, d); open(d + "/modx.py", "w").write("X = 1\nif __name__ == '__main__': print('main', X)\n"); import modx; print(modx.X); open(d + "/modx.py", "w").write("X = 22\n"); importlib.invalidate_caches(); os.utime(d + "/modx.py", (9, 9)); print(importlib.reload(modx).X, runpy.run_path(d + "/modx.py")["X"], runpy.run_module("modx", run_name="zz")["__name__"])
with zipfile.ZipFile(d + "/z.zip", "w") as z: z.writestr("zmod.py", "Y = 5\ndef f(): return 1/0\n"); z.writestr("pk/__init__.py", ""); z.writestr("pk/s.py", "S = 7"); z.writestr("__main__.py", "print('zip main')"); z.writestr("pk/data.txt", "data!")
sys.path.insert(0, d + "/z.zip"); import zmod, pk.s, importlib.resources as ir; print(zmod.Y, pk.s.S, type(zmod.__loader__).__name__, ir.files("pk").joinpath("data.txt").read_text()); runpy.run_path(d + "/z.zip")
try: zmod.f()
except ZeroDivisionError: import traceback; print(traceback.format_exc().splitlines()[-2].strip())
open(d + "/bad.py", "w").write("def f(:\n"); open(d + "/circ1.py", "w").write("import circ2\nA = circ2.B\n"); open(d + "/circ2.py", "w").write("import circ1\nB = circ1.A\n"); os.mkdir(d + "/nsp"); open(d + "/nsp/m.py", "w").write("Q = 1")
for m in ("bad", "circ1", "nsp.m", "nsp.none", "modx.sub", ".rel"):
    try: print(importlib.import_module(m))if not m.startswith("nsp.m") else print(importlib.import_module(m).Q)
    except Exception as x: print(type(x).__name__, str(x).replace(d, "D"))
print(timeit.timeit("1+1", number=10) > 0, len(timeit.repeat("x", "x=1", repeat=2, number=1)), sysconfig.get_python_version(), sysconfig.get_paths()["stdlib"] != "", "purelib" in sysconfig.get_path_names(), gc.isenabled(), gc.get_count() is not None, sys.getrefcount([]) > 0, True)
def sq(x): return x * x
if __name__ == "__main__":
    ctx = multiprocessing.get_context("fork")
    with ctx.Pool(2) as pool: print(pool.map(sq, range(5)), pool.apply(sq, (7,)), list(pool.imap(sq, [1, 2])))
    q = ctx.Queue(); pr = ctx.Process(target=q.put, args=([1, "a"],)); pr.start(); print(q.get(timeout=5)); pr.join(); print(pr.exitcode); c1, c2 = ctx.Pipe(); c1.send({"k": 1}); print(c2.recv(), c2.poll()); pr = ctx.Process(target=sys.exit, args=(4,)); pr.start(); pr.join(); print(pr.exitcode, pr.is_alive())
    import concurrent.futures
    with concurrent.futures.ProcessPoolExecutor(2, mp_context=ctx) as ex: print(list(ex.map(sq, [1, 2, 3])), ex.submit(sq, 9).result())
atexit.register(print, "bye"); atexit.register(lambda: print("first"))
