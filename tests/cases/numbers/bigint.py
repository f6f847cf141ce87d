# Integers beyond a word.
a = 2**100
b = 3**70
print(a, b, a * b, a - b, -a // 7, -a % 7, b // a, b % a)
print(a & b, a | b, a ^ b, ~a, a >> 60, a << 10, -a >> 90)
print(divmod(b, -a), pow(7, 1000, 10**20), (10**50) ** 2, int("9" * 60) + 1)
print(a == 2**100, a > b, hash(2**61 - 1), hash(2**61), hash(-(2**61)), hash(2**200) == hash(2**200))
print(a.bit_length(), (-a).bit_length(), a.bit_count(), (10**20).to_bytes(9, "big"), int.from_bytes(b"\xff" * 9, "little", signed=True))
print(float(2**70), 2**70 / 3, int(1e30), 10**30 == 1e30, round(10**25 + 5, -1), (2**64).__float__())
f = 1
for i in range(1, 41):
    f *= i
print(f)
x, y = 0, 1
for _ in range(300):
    x, y = y, x + y
print(x)
print(hex(2**80 - 1), oct(2**40), bin(2**65)[:10], int(hex(12345678901234567890), 16))
print((2**62 - 1) + 1, -(2**62) - 1, (2**60 - 1) + 1, -(2**60) - 1, 2**60 * 2**60, (2**31) * (2**31))
print(4611686018427387904 // -3, -4611686018427387905 % 1000, abs(-(2**63)), (-2) ** 63, -(2**63) // -1)
try:
    1 << (1 << 70)
except (OverflowError, MemoryError) as e:
    print(type(e).__name__)
try:
    2**70 / 0
except ZeroDivisionError as e:
    print(e)
try:
    float(10**400)
except OverflowError as e:
    print(e)
import math

print(math.isqrt(10**40), math.gcd(2**70, 6**30), math.factorial(30), math.comb(100, 50), math.lcm(12, 18))
print(f"{10**25:,} {2**70:x} {2**70:_b}"[:60], "%d" % 10**30, str(10**50).count("0"))
