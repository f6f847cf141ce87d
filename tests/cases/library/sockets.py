"""Sockets: streams, datagrams, timeouts, addresses; and asyncio over them."""
import asyncio
import socket
import threading

server = socket.create_server(("127.0.0.1", 0))


def serve():
    c, address = server.accept()
    with c:
        c.sendall(c.recv(100).upper())


t = threading.Thread(target=serve)
t.start()
with socket.create_connection(server.getsockname()) as c:
    c.sendall(b"hello")
    print(c.recv(10), c.recv(10))
t.join()
server.close()
print(server.fileno())

a, b = socket.socketpair()
a.settimeout(0.01)
try:
    a.recv(1)
except TimeoutError as e:
    print(repr(e), isinstance(e, OSError))
a.setblocking(False)
try:
    a.recv(1)
except BlockingIOError as e:
    print(type(e).__name__, a.gettimeout(), a.getblocking())
b.sendmsg([b"one", b"two"])
buffer = bytearray(10)
print(a.recv_into(buffer), buffer[:6])
r = b.makefile("rb")
a.setblocking(True)
a.sendall(b"line\nrest")
a.shutdown(socket.SHUT_WR)
print(r.readline(), r.read())
r.close()
a.close()
b.close()

u = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
u.bind(("127.0.0.1", 0))
u.sendto(b"datagram", u.getsockname())
data, sender = u.recvfrom(100)
print(data, sender == u.getsockname(), u.type == socket.SOCK_DGRAM)
u.close()

print(socket.inet_ntoa(b"\x7f\0\0\1"), socket.inet_aton("1.2.3.4"), socket.inet_pton(socket.AF_INET6, "::1"))
print(socket.htons(1), socket.ntohl(1), socket.getservbyname("http", "tcp") if False else 80)
for f, x in ((socket.htons, -1), (socket.htons, 1 << 16), (socket.inet_aton, "x"), (socket.inet_ntoa, b"1")):
    try:
        print(f(x))
    except (OSError, OverflowError, ValueError) as e:
        print(type(e).__name__, e)
print(socket.getaddrinfo("127.0.0.1", 80, type=socket.SOCK_STREAM))


async def main():
    async def handle(reader, writer):
        writer.write((await reader.readline()).upper())
        await writer.drain()
        writer.close()

    server = await asyncio.start_server(handle, "127.0.0.1", 0)
    reader, writer = await asyncio.open_connection(*server.sockets[0].getsockname())
    writer.write(b"abc\n")
    print(await reader.readline())
    writer.close()
    server.close()
    print(await asyncio.gather(*(asyncio.sleep(0, i) for i in range(3))))
    try:
        async with asyncio.timeout(0.01):
            await asyncio.sleep(10)
    except TimeoutError:
        print("timed out")
    async with asyncio.TaskGroup() as g:
        tasks = [g.create_task(asyncio.sleep(0, n)) for n in "ab"]
    print([t.result() for t in tasks])


asyncio.run(main())
