# Assignment expressions.
if (n := 10) > 5:
    print(n)
print([y := 1, y**2, (y := y + 5)], y)
data = iter([1, 2, 3, 0, 4])
while (x := next(data)):
    print(x)
print([last := v for v in range(5)], last)
print(any((hit := w).startswith("b") for w in ["a", "b", "c"]), hit)


def f(s):
    return (m := len(s)) and m * 2


print(f("abc"), f(""))
total = 0
print([total := total + v for v in [1, 2, 3]], total)
print({(k := i): k * k for i in range(3)})
