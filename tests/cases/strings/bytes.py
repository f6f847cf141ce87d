# bytes and bytearray.
b = b"Hello\x00\xff"
print(b, b[0], b[1:3], len(b), list(b[:3]), b.hex(), b.hex(":"), bytes.fromhex("48 65"), b"abc" + b"d", b"ab" * 2, b"b" in b"abc", 98 in b"abc")
print(b"a,b".split(b","), b" x ".strip(), b"abc".upper(), b"abc".find(b"c"), b"abc".replace(b"b", b"X"), b",".join([b"a", b"b"]), b"abc".startswith(b"a"), b"a%sb%d" % (b"X", 5), b"x".center(5, b"*"))
a = bytearray(b"abc")
a.append(100)
a += b"ef"
a[0] = 65
a[1:3] = b"123"
del a[-1]
a.insert(0, 33)
a.reverse()
print(a, a.pop(), a, a.count(b"1"), bytearray(3), bytearray("é", "utf-8"), a == bytes(a))
for f in (lambda: bytes([256]), lambda: bytes(-1), lambda: b"a" + "b", lambda: b"a"[5], lambda: a.append(300), lambda: bytes("x"), lambda: b"x".decode("nope"), lambda: bytes.fromhex("4z"), lambda: hash(a), lambda: b"%d" % "x", lambda: bytes(1.5)):
    try:
        print(f())
    except Exception as e:
        print(type(e).__name__, e)
m = memoryview(bytearray(b"abcdef"))
m[0] = 122
print(m[1:3].tobytes(), m.tolist(), m.format, m.nbytes, m.readonly, m[::-1].tobytes(), bytes(m), m == b"zbcdef", memoryview(b"ab").readonly)
print(b"\xe9".decode("latin-1"), b"\xc3\xa9".decode(), b"abc".translate(bytes.maketrans(b"ab", b"xy")), b"aXbX".rsplit(b"X", 1), b"line\nx\n".splitlines())
print(int.from_bytes(b"\x01\x00", "big"), b"a" < b"b", b"" == b"", bytes(bytearray(b"q")), isinstance(b"", bytes), b"aB1".isalnum(), b"12".isdigit())
for x in b"az":
    print(x, end=" ")
print(max(b"abc"), sorted(b"cab"), bytes(reversed(b"abc")), b"abc".partition(b"b"), b"\t".expandtabs(2), b"42".zfill(4))
