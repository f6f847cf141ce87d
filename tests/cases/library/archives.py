"""Compression and archives, in pieces and with errors; processes that share work and memory."""
import bz2
import concurrent.futures
import io
import lzma
import multiprocessing
import os
import tarfile
import tempfile
import zipfile
from multiprocessing import shared_memory

data = b"hello world " * 1000


def square(x):
    return x * x


def work(queue, lock):
    with lock:
        queue.put(os.getpid() > 0)


def main():
    for module in (bz2, lzma):
        packed = module.compress(data)
        print(module.__name__, module.decompress(packed) == data, module.decompress(packed + packed) == data + data)
        d = (bz2.BZ2Decompressor if module is bz2 else lzma.LZMADecompressor)()
        out = d.decompress(packed + b"rest", 100)
        print(len(out), d.eof, d.needs_input, d.unused_data)
        while not d.eof:
            out += d.decompress(b"", 5000)
        print(out == data, d.eof, d.needs_input, d.unused_data)
        f = io.BytesIO()
        with module.open(f, "wb") as g:
            g.write(data)
        f.seek(0)
        print(module.open(f).read() == data)
        for bad in (b"rubbish data here", packed[:-5]):
            try:
                module.decompress(bad)
            except Exception as e:
                print(type(e).__name__, e)
    raw = [{"id": lzma.FILTER_DELTA, "dist": 2}, {"id": lzma.FILTER_LZMA2, "preset": 3}]
    packed = lzma.compress(data, lzma.FORMAT_RAW, filters=raw)
    print(lzma.decompress(packed, lzma.FORMAT_RAW, filters=raw) == data)
    print(lzma.compress(data, format=lzma.FORMAT_ALONE)[:13].hex())
    with tempfile.TemporaryDirectory() as d:
        name = os.path.join(d, "a")
        with open(name, "wb") as f:
            f.write(data)
        for kind in ("gz", "bz2", "xz"):
            with tarfile.open(name + kind, "w:" + kind) as t:
                t.add(name, "a")
            with tarfile.open(name + kind) as t:
                print(kind, t.getnames(), t.extractfile("a").read() == data)
        for method in (zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA):
            with zipfile.ZipFile(name + "z", "w", method) as z:
                z.writestr("x", data)
            with zipfile.ZipFile(name + "z") as z:
                print(method, z.read("x") == data, z.testzip())
    context = multiprocessing.get_context("fork")
    with context.Pool(2) as pool:
        print(pool.map(square, range(5)))
    queue, lock = context.Queue(), context.Lock()
    children = [context.Process(target=work, args=(queue, lock)) for _ in range(2)]
    for c in children:
        c.start()
    print([queue.get() for _ in children])
    for c in children:
        c.join()
    print([c.exitcode for c in children])
    memory = shared_memory.SharedMemory(create=True, size=10)
    memory.buf[:3] = b"abc"
    other = shared_memory.SharedMemory(memory.name)
    print(bytes(other.buf[:3]))
    other.close()
    memory.close()
    memory.unlink()
    with concurrent.futures.ProcessPoolExecutor(2, mp_context=context) as pool:
        print(list(pool.map(square, range(5))))


if __name__ == "__main__":
    main()
