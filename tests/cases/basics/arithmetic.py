# Integer and float operators, precedence, signs of // and %.
for a, b in [(7, 3), (-7, 3), (7, -3), (-7, -3), (0, 5), (1, 1)]:
    print(a, b, a + b, a - b, a * b, a // b, a % b, divmod(a, b), a / b)
print(2 ** 10, 2 ** -1, (-2) ** 3, -2 ** 2, 2 ** 3 ** 2)
print(7.5 // 2, -7.5 // 2, 7.5 % 2, -7.5 % 2, divmod(-7.5, 2))
print(1 + 2 * 3 - 4 / 5, (1 + 2) * 3, 10 - 5 - 2, 2 * 3 % 4)
print(5 & 3, 5 | 3, 5 ^ 3, ~5, 1 << 10, -17 >> 2, 0xFF >> 4)
print(True + True, True * 10, -True, +False, ~True == -2)
print(1_000_000, 0b1010, 0o17, 0xDead_Beef, 1e3, 1.5e-3, 3j, 2 + 3j)
print(abs(-5), abs(-2.5), abs(3 + 4j), round(2.5), round(3.5), round(-2.5), round(2.675, 2), round(1234, -2))
print(pow(3, 4), pow(3, 4, 5), pow(3, -1, 7), pow(2.0, 0.5) == 2 ** 0.5)
print(min(3, 1, 2), max([3, 1, 2]), sum([1, 2, 3], 10), min("b", "a", key=lambda s: -ord(s)))
