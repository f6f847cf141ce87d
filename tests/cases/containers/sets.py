# Methods and operators of set and frozenset.
s = {1, 2, 3}
t = {3, 4}
print(s | t, s & t, s - t, s ^ t, t - s, s <= {1, 2, 3, 4}, s > {1}, s.isdisjoint({9}), s == {3, 2, 1})
s.add(5)
s.discard(99)
s.remove(1)
print(s, len(s), 5 in s, sorted(s), s.union([7], (8,)), s.intersection([2, 5]), s.difference([2]), s.symmetric_difference([2, 9]))
s.update([10, 11], {12})
s.intersection_update(range(4, 12))
s.difference_update([10])
s.symmetric_difference_update([5, 6])
print(s, s.copy() is s, set("hello") == set("olleh"), set(), frozenset(), {*()} == set())
f = frozenset([1, 2])
print(f, f | {3}, {3} | f, type(f | {3}), type({3} | f), hash(f) == hash(frozenset([2, 1])), {f: 1}[frozenset([1, 2])], f in {f}, {1, 2} in {f})
for g in (lambda: s.remove(99), lambda: set().pop(), lambda: {[]}, lambda: hash(set()), lambda: {1} + {2}, lambda: {1} | [2], lambda: f.add(1), lambda: {1} < 5, lambda: set(5)):
    try:
        print(g())
    except Exception as e:
        print(type(e).__name__, e)
print({i % 5 for i in range(20)}, {1, 1.0, True}, len({float("nan"), float("nan")}), {0, -0.0, False})
x = set(range(20))
for i in range(0, 20, 3):
    x.discard(i)
print(x, min(x), max(x), sum(x), [v for v in x if v > 10])
try:
    for v in x:
        x.add(v + 100)
except RuntimeError as e:
    print(e)
print({10, 3, 7, 1024, 55, 8}, {-1, -2, 5}, {i * i for i in range(10)}, set(range(100, 90, -1)))
print(sorted({"b", "a"}), {("a", 1)}, set([1, 2]) == frozenset([1, 2]), {1} <= frozenset([1, 2]), bool(set()), repr({None}))
a = {1, 2, 3}
b = a
a |= {4}
a &= {1, 4, 5}
a -= {5}
a ^= {7}
print(a, a is b)
