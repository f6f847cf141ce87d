# Methods and attributes of int.
print((5).bit_length(), (0).bit_length(), (255).bit_count(), (-1).bit_count())
print((1024).to_bytes(2, "big"), (1024).to_bytes(4, "little"), (-1).to_bytes(2, "big", signed=True), (5).to_bytes())
print(int.from_bytes(b"\x04\x00", "big"), int.from_bytes([1, 2], "little"), int.from_bytes(b"\xff\xfe", "big", signed=True))
print((6).numerator, (6).denominator, (6).real, (6).imag, (6).conjugate(), (6).is_integer(), (6).as_integer_ratio())
print((3).__add__(4), (3).__add__(1.5), (3).__radd__(1), (7).__floordiv__(2), (7).__truediv__(2), (2).__pow__(3, 5), (3).__divmod__(2))
for f in (lambda: (300).to_bytes(1, "big"), lambda: (-1).to_bytes(1, "big"), lambda: (1).to_bytes(1, "middle"), lambda: int.from_bytes("a", "big"), lambda: (1).to_bytes(-1, "big")):
    try:
        f()
    except Exception as e:
        print(type(e).__name__, e)


class MyInt(int):
    def __add__(self, o):
        return MyInt(int(self) + o * 100)

    def __repr__(self):
        return f"MyInt({int(self)})"


m = MyInt(5)
print(m, m + 1, m * 2, type(m * 2), 1 + m, isinstance(m, int), MyInt("ff", 16), m == 5, hash(m) == hash(5))
print(int.__doc__.splitlines()[0], type(5), (5).__class__.__name__, dir(5)[:3])
print(sum(range(101)), [i for i in range(20) if i & 1], max(range(10), key=lambda v: v % 7))
