# What zlib, bz2 and lzma make is the same to the byte as with CPython.
import bz2, gzip, hashlib, io, itertools, lzma, random, zlib

random.seed(5)
words = ["alpha", "beta", "gamma", "delta", "the", "of", "and", "to"]
kinds = {
    "empty": b"",
    "text": " ".join(random.choice(words) for _ in range(8000)).encode(),
    "zeros": bytes(70000),
    "random": random.randbytes(40000),
    "numbers": b"".join((i * i % 65521).to_bytes(4, "little") for i in range(9000)),
}


def sign(data):
    return len(data), hashlib.md5(data).hexdigest()[:8]


for name, data in kinds.items():
    print(name, *[sign(zlib.compress(data, level)) for level in range(-1, 10)])
    print(*[sign(zlib.compress(data, 6, wbits=w)) for w in (-15, -9, 12, 31)])
    for level, mem, strategy in itertools.product((1, 6), (1, 9), range(5)):
        c = zlib.compressobj(level, 8, 15, mem, strategy)
        print(level, mem, strategy, sign(c.compress(data) + c.flush()))
    for flush in (zlib.Z_SYNC_FLUSH, zlib.Z_FULL_FLUSH, zlib.Z_PARTIAL_FLUSH):
        c = zlib.compressobj()
        out = b"".join(c.compress(data[i:i + 7001]) + c.flush(flush) for i in range(0, len(data), 7001)) + c.flush()
        print(sign(out), zlib.decompress(out) == data)
    print(*[sign(bz2.compress(data, level)) for level in (1, 9)])
    print(*[sign(lzma.compress(data, preset=p)) for p in (0, 6)], sign(lzma.compress(data, format=lzma.FORMAT_ALONE)))
    g = io.BytesIO()
    with gzip.GzipFile("n", "wb", fileobj=g, mtime=1) as f:
        f.write(data)
    print(sign(g.getvalue()))

good = zlib.compress(kinds["text"][:5000])
for i in range(40):
    bad = bytearray(good)
    bad[i * 7 % len(bad)] ^= 1 << (i % 8)
    try:
        print(sign(zlib.decompress(bytes(bad))))
    except zlib.error as e:
        print(e)
