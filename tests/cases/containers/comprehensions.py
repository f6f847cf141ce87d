# Comprehensions of all kinds, nesting, conditions, scopes.
print([x * y for x in range(3) for y in range(3) if x != y])
print([[i * j for j in range(3)] for i in range(3)])
print({x: x**2 for x in range(5) if x % 2}, {len(w) for w in ("a", "bb", "cc")}, sum(x for x in range(10)))
print([(a, b) for a, b in zip("ab", (1, 2))], [x for x in [1, None, 2] if x is not None], [*(x for x in "ab")])
matrix = [[1, 2, 3], [4, 5, 6]]
print([list(r) for r in zip(*matrix)], [x for row in matrix for x in row], {k: v for row in [[("a", 1)], [("b", 2)]] for k, v in row})
x = "outer"
print([x for x in range(3)], x)
print([(lambda: i)() for i in range(3)], [f() for f in [lambda: i for i in range(3)]])
g = (print("gen", i) or i for i in range(2))
print("made")
print(list(g), list(g))
print([y for x in range(3) if (y := x * 2) > 0], y)
print([i if i % 2 else -i for i in range(5)], [c for c in "hello" if c not in "aeiou"], ["%d" % i for i in range(3)])


def f():
    a = 5
    return [a + b for b in range(3) for c in range(b)], {a: b for b in [1]}


print(f())


class C:
    n = 3
    r = [i for i in range(n)]


print(C.r, [*map(lambda v: v + 1, [1, 2])], dict(((k, k) for k in "ab")))
try:
    [1 // v for v in (1, 0)]
except ZeroDivisionError as e:
    print(e)
print(max((abs(v), v) for v in [-3, 2]), any(v > 2 for v in [1, 2, 3]), all(v for v in []), list(filter(None, [0, 1, "", "a"])))
print([[x, y] for x in "ab" for y in (x.upper(), x * 2)], [a for a, *b in [(1, 2, 3)]], [b for a, *b in [(1, 2, 3)]])
