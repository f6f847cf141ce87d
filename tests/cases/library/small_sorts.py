"""Short lists, keys of several kinds, sets that grow: orders and errors as everywhere."""
from collections import namedtuple
from datetime import date, datetime, time


class Key:
    def __init__(self, v):
        self.v = v

    def __lt__(self, other):
        return self.v < other.v

    def __repr__(self):
        return f"Key({self.v})"


nan = float("nan")
for items in ([3, 1, 2], ["b", "a", "C"], [2.5, 1, True, False, 0.5], [(1, "b"), (1, "a"), (0, None)], [[2], [1, 5], [1]],
              [b"b", b"", b"ab"], [Key(3), Key(1), Key(2)], [date(2024, 5, 1), date(2023, 1, 1)],
              [time(5), time(3, 4)], [(None, 2), (None, 1)], [10**30, 5, -10**30], [True, 0, False, 1], [(nan, 1), (nan, 0)]):
    print(sorted(items), sorted(items, reverse=True), sorted(items, key=lambda x: x), min(items), max(items))
pairs = [(1, "x"), (0, "y"), (1, "a"), (0, "b"), (True, "t"), (1.0, "f")]
print(sorted(pairs, key=lambda p: p[0]), sorted(pairs, key=lambda p: p[0], reverse=True))
for bad in ([1, "a"], ["a", None], [(1, None), (1, 2)], [date(2024, 1, 1), datetime(2024, 1, 1)], [Key(1), 2]):
    try:
        print(sorted(bad))
    except Exception as e:
        print(type(e).__name__, e)
print(min([3, 1, 2], key=lambda x: -x), max("b", "a", key=str), min([], default=5), max(2, 1.5, True))
for call in (lambda: min([]), lambda: max(1), lambda: sorted([2, 1], reverse="x")):
    try:
        print(call())
    except Exception as e:
        print(type(e).__name__, e)


class Changing(list):
    pass


items = Changing([3, 2, 1])


class Meddler:
    def __init__(self, v):
        self.v = v

    def __lt__(self, other):
        items.append(0)
        return self.v < other.v


items[:] = [Meddler(2), Meddler(1)]
try:
    items.sort()
except ValueError as e:
    print(e, len(items))
P = namedtuple("P", "a b")


class Twice(tuple):
    def __iter__(self):
        return iter([x * 2 for x in tuple.__iter__(self)])


for a, b in [P(1, 2), Twice((3, 4)), (5, 6)]:
    print(a, b)
for n in (P(1, 2), Twice((1, 2, 3))):
    try:
        a, b, c, d = n
    except ValueError as e:
        print(e)
s = set()
for i in range(20):
    s.add(i * 37 % 101)
    assert len(s) == i + 1
print(s, {3, 1, 2}, frozenset("ab") == {"a", "b"}, {1}.copy(), {1, 2} | {3}, set())
t = {1, 2, 3}
t.clear()
t.update("z")
print(t, t.pop(), t)
print([int(x) for x in ("0", "-7", "000000000000000001", "123456789012345678", "1234567890123456789", "-0", "+5", " 8 ", "1_0", "٣")])
for x in ("", "-", "12a", "--1", "1__0"):
    try:
        int(x)
    except ValueError as e:
        print(e)
print("%x %x" % (0, 255), "%x" % 16, "%X" % 255, "%x" % -1, "%s" % 5, "%s" % (7,), "%s|%s" % (1, 2.5), hex(-255), bin(0), oct(8), f"{10:x} {0:b} {-9:o}")
