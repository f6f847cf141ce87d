# int(), float(), str(), list() and friends.
print(int("42"), int(" -17 "), int("ff", 16), int("0x1f", 0), int("0b11", 2), int("1_000"), int(3.99), int(-3.99), int(True))
print(float("1.5"), float("  -2e3 "), float("inf"), float("-Infinity"), float("nan"), float(3), float("1_0.5"))
print(str(1), str(1.0), str(None), str([1, "a"]), str(b"x"), str(1e100), str(-0.0))
print(list("abc"), tuple([1, 2]), set("aab") == {"a", "b"}, dict([("a", 1)]), dict(a=1, b=2), frozenset([1]))
print(complex("1+2j"), complex(1, -1), complex("j"), bool("False"), bytes(3), bytes([65, 66]), bytes("é", "utf8"))
print(ord("a"), chr(97), hex(255), oct(8), bin(-5), hex(-255), format(255, "08b"))
for f, arg in [(int, "abc"), (int, ""), (int, "1.5"), (float, "x"), (int, None), (float, []), (ord, "ab"), (chr, -1), (chr, 0x110000), (complex, "1 + 2j"), (int, "1__0"), (list, 1), (dict, [1]), (dict, [(1, 2, 3)])]:
    try:
        print(f(arg))
    except Exception as e:
        print(f.__name__, repr(arg), "->", type(e).__name__ + ":", e)
for base, text in [(2, "102"), (37, "1"), (1, "1"), (36, "z"), (8, "78")]:
    try:
        print(int(text, base))
    except ValueError as e:
        print(e)


class N:
    def __int__(self):
        return 7

    def __float__(self):
        return 7.5

    def __index__(self):
        return 3

    def __complex__(self):
        return 1j

    def __str__(self):
        return "N!"

    def __repr__(self):
        return "N()"

    def __bytes__(self):
        return b"nn"


n = N()
print(int(n), float(n), complex(n), str(n), repr(n), bytes(n), hex(n), [10, 20, 30, 40][n], "ab" * n, bin(n))
