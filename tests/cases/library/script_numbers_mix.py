import decimal, fractions, math, statistics, cmath, random, numbers
from decimal import Decimal as D
from fractions import Fraction as F
decimal.getcontext().prec = 12
print(D(1) / 3, D("1.10") + D("2.205"), D("NaN"), D("-Infinity"), D(2).sqrt(), D("1e5").normalize(), D("123.456").quantize(D("0.01")), D(5) % 3, D(-7) // 2, round(D("2.5")), round(D("2.675"), 2))
print(D("1234567.891").__format__(",.2f"), f"{D('0.000001234'):e}", f"{D('12'):>8}", D("1.20").as_tuple(), D("3.14").as_integer_ratio(), D(0.1), repr(D("-0")))
for r in [decimal.ROUND_UP, decimal.ROUND_HALF_EVEN, decimal.ROUND_FLOOR, decimal.ROUND_05UP]:
    print(r, [str(D(x).quantize(D(1), rounding=r)) for x in ("2.5", "-2.5", "1.1", "-1.9")])
for f in [lambda: D(1) / 0, lambda: D("x"), lambda: D(-1).sqrt(), lambda: D("1e999999") ** 99, lambda: D("sNaN") + 1]:
    try: print(f())
    except Exception as e: print(type(e).__name__, e)
with decimal.localcontext() as c:
    c.prec = 50; print(D(2).sqrt(), D(1).exp(), D(10).ln(), D(3) ** D("0.5")); c.traps[decimal.Inexact] = True
    try: D(1) / 3
    except decimal.Inexact as e: print(e)
print(decimal.getcontext(), D("1.5").compare(D("1.50")), D("1.5") == 1.5, hash(D("1.5")) == hash(1.5), max(D(1), D(2)), sum([D("0.1")] * 3))
print(F(3, 4) + F("1/3"), F(0.125), F("2.5e-3"), F(7, 3).limit_denominator(2), F(-7, 2) // 1, F(22, 7) % 1, float(F(1, 3)), F(1, 3) ** -2, round(F(7, 2)), f"{F(22, 7):.5f}", F(1, 2) == 0.5, repr(F(5)))
try: F(1, 0)
except ZeroDivisionError as e: print(e)
print(math.comb(50, 25), math.perm(5, 2), math.gcd(12, 18, 27), math.lcm(4, 6), math.isqrt(10**20), math.factorial(25), math.hypot(3, 4, 12), math.dist((1, 2), (4, 6)), math.fsum([.1] * 10), math.prod([1, 2, 3.5]), math.nextafter(1, 2), math.ulp(1.0), math.sumprod([1, 2], [3, 4]), math.fma(2, 3, 4))
for f in [lambda: math.sqrt(-1), lambda: math.log(0), lambda: math.factorial(-1), lambda: math.exp(1000), lambda: math.acos(2), lambda: math.comb(-1, 2), lambda: math.isqrt(-1), lambda: math.gcd(1.5)]:
    try: print(f())
    except Exception as e: print(type(e).__name__, e)
print(cmath.sqrt(-1), cmath.polar(1 + 1j), cmath.exp(1j * math.pi), cmath.phase(-1), cmath.isclose(1, 1 + 1e-12), complex("1-2j"), (1 + 2j) ** 2, abs(3 + 4j))
data = [2.5, 3.25, 5.5, 11.25, 11.75, 3.25]
print(statistics.mean(data), statistics.median(data), statistics.mode(data), statistics.stdev(data), statistics.pvariance(data), statistics.quantiles(data, n=4), statistics.harmonic_mean(data), statistics.geometric_mean([1, 2, 4]), statistics.fmean(data, [1, 2, 1, 1, 1, 1]), statistics.multimode("aabbc"), statistics.correlation([1, 2, 3], [2, 4, 7]), statistics.linear_regression([1, 2, 3], [2, 4, 7]))
nd = statistics.NormalDist(10, 2); print(nd.cdf(12), nd.inv_cdf(.9), nd + 5, nd.overlap(statistics.NormalDist(11, 2)), nd.zscore(13))
try: statistics.mean([])
except statistics.StatisticsError as e: print(e)
random.seed(42); print(random.random(), random.randint(1, 100), random.choice("abc"), random.sample(range(100), 5), random.shuffle(l := list(range(8))), l, random.gauss(0, 1), random.choices("xyz", [1, 2, 3], k=5), random.uniform(1, 2), random.betavariate(1, 2), random.triangular(), random.expovariate(2), random.getrandbits(70), random.randbytes(4), random.binomialvariate(10, .3))
print(random.Random("seed").random(), random.Random(b"x").random(), isinstance(F(1), numbers.Rational), isinstance(D(1), numbers.Number))
