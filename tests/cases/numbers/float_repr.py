# Shortest repr, special values, formats.
for x in (0.1, 0.2 + 0.1, 1 / 3, 1e16, 1e15, 123456789012345680.0, 1e22, 1e23, 5e-324, 1.7976931348623157e308, 1e-5, 0.0001, -0.0, 100.0, 1.0, 2.5e-10, 123456.789):
    print(repr(x), str(x), f"{x:.3f}"[:30], f"{x:g}", f"{x:.10e}", x.hex())
inf, nan = float("inf"), float("nan")
print(inf, -inf, nan, inf - inf, inf * 0, inf + 1, nan != nan, inf == inf, [nan] == [nan], nan in [nan])
print(1e308 * 10, -1e308 * 10, 5e-324 / 2, 2.0**1023 * 2)
print((0.5).as_integer_ratio(), (2.5).is_integer(), (4.0).is_integer(), float.fromhex("0x1.8p3"), (3.7).__trunc__(), (-3.7).__floor__(), (3.2).__ceil__(), (2.5).__round__())
print(int(1e20), hash(0.5), hash(1.0) == hash(1), hash(inf), hash(2.5) == hash(2.5))
for op in ("1.0/0", "1.0//0", "1.0%0", "0.0**-1", "int(float('inf'))", "int(float('nan'))", "10.0**400", "float('inf').as_integer_ratio()", "round(float('nan'))"):
    try:
        print(op, eval(op))
    except Exception as e:
        print(op, type(e).__name__, e)
print(f"{3.14159:.2f} {3.14159:10.3f}| {3.14159:<10.1f}| {3.14159:+.2f} {1234567.891:,.2f} {0.256:.1%} {1e10:.0f} {5:.1f} {-1.5:08.2f} {1.5:e} {1234.5:_.1f}")
print(round(0.5), round(1.5), round(2.567, 2), round(-2.5), round(1e20), round(5.015, 2), round(12345.6789, -2), round(1.005, 2))
print(sum([0.1] * 10), sum([0.1] * 3), 0.1 * 3, 1.1 + 2.2, 1e16 + 1, sum([1e16, 1.0, -1e16]))
print((-8) ** (1 / 3), 4**0.5, 2**0.5, 0.0**0, (-1.0) ** 2)
