# The iterator protocol and built-in iterators.
class Count:
    def __init__(self, n):
        self.n = n

    def __iter__(self):
        return self

    def __next__(self):
        if self.n <= 0:
            raise StopIteration
        self.n -= 1
        return self.n


c = Count(3)
print(list(c), list(c), next(Count(2)), next(Count(0), "default"), 1 in Count(5), sum(Count(4)), tuple(Count(2)), sorted(Count(3)))
a, b, *r = Count(5)
print(a, b, r)
its = [iter([1, 2]), iter((1, 2)), iter("ab"), iter({1: 2}), iter({1, 2}), iter(range(2)), iter(b"ab"), reversed([1, 2]), enumerate("ab"), zip("a", "b"), map(str, [1]), filter(None, [1]), iter({1: 2}.items()), iter(int, 1), iter(range(10**30, 10**30 + 2)), reversed(range(3)), reversed({1: 2})]
for it in its:
    print(type(it).__name__, iter(it) is it, end="; ")
print()
l = [1, 2, 3]
it = iter(l)
next(it)
l.append(4)
print(list(it), it.__length_hint__())
l.append(5)
print(list(it))
s = "héy"
print(list(reversed(s)), list(enumerate(s, 10)), list(zip(s, range(10), "abcd")), list(map(lambda *a: a, "ab", [1, 2, 3])))
import itertools as I

print(list(I.chain([1], "ab", I.chain.from_iterable([[2], [3]]))), list(I.islice(I.count(5, 2), 3)), list(I.islice(I.cycle("ab"), 5)), list(I.repeat(1, 3)), list(I.accumulate([1, 2, 3, 4])), list(I.accumulate([3, 1, 4], max)), list(I.compress("abcd", [1, 0, 1, 0])))
print(list(I.dropwhile(lambda x: x < 3, [1, 3, 2])), list(I.takewhile(lambda x: x < 3, [1, 3, 2])), list(I.filterfalse(lambda x: x % 2, range(5))), [(k, list(g)) for k, g in I.groupby("aabbbc")], list(I.starmap(pow, [(2, 3), (3, 2)])), list(I.zip_longest("ab", "c", fillvalue="-")), list(I.pairwise("abcd")), list(I.batched("abcde", 2)))
print(list(I.product("ab", repeat=2)), list(I.permutations("abc", 2)), list(I.combinations("abcd", 2)), list(I.combinations_with_replacement("ab", 2)), len(list(I.permutations(range(5)))))
x, y = I.tee([1, 2, 3])
print(list(x), list(y))
for f in (lambda: next(iter([])), lambda: iter(5), lambda: next([1]), lambda: list(Count), lambda: I.islice([1], -1), lambda: list(I.batched("a", 0))):
    try:
        print(f())
    except Exception as e:
        print(type(e).__name__, e)
class Bad:
    def __iter__(self):
        return self
    def __next__(self):
        raise ValueError("from next")
try:
    [x for x in Bad()]
except ValueError as e:
    print(e)
