# Complex numbers.
z = 3 + 4j
print(z, abs(z), z.real, z.imag, z.conjugate(), -z, z * 2, z / (1 - 1j), z**2, z - 1, 1j * 1j, z == 3 + 4j, z != 3)
print(complex(0, -0.0), complex(-0.0, 2), 1e20 + 1j, 2j, -2j, complex(1.5, 2.5), repr(1j**2), complex(float("nan"), 1))
print(f"{z:.1f}", format(1 + 2j, ">10"), str(1 - 1j), "{:.2e}".format(z), complex("  (1+2j) "), complex("-j"))
print(hash(1 + 0j) == hash(1), {1 + 0j: "a"}[1], (1 + 2j) in [1 + 2j], bool(0j), bool(1j), sum([1j, 2]))
for f in (lambda: 1j < 2j, lambda: int(1j), lambda: 1j // 2, lambda: 1j / 0, lambda: complex("x"), lambda: 0j ** -1, lambda: complex("1", 2), lambda: float(1j)):
    try:
        print(f())
    except Exception as e:
        print(type(e).__name__, e)
import cmath

print(cmath.sqrt(-4), round(cmath.phase(1j), 6), cmath.isclose(cmath.exp(1j * cmath.pi), -1), complex(*[round(p, 3) for p in cmath.polar(1 + 1j)]))
print((1 + 2j) ** 3, (2j) ** 0.5 == 1 + 1j or round(abs((2j) ** 0.5 - (1 + 1j)), 9) == 0, 2 ** (1 + 0j), (1 + 1j).__class__)
