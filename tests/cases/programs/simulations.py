"""Simulations: bank queue, life, elevator, random with seeds, dijkstra, event loop."""
import heapq
import random
from collections import defaultdict, deque, ChainMap, OrderedDict, namedtuple
from fractions import Fraction
from itertools import product, combinations, permutations, accumulate, groupby, chain, zip_longest, starmap, batched
import statistics

rng = random.Random(42)
print([rng.randint(1, 100) for _ in range(10)], rng.random(), rng.choice("abcdef"), rng.sample(range(50), 5), rng.gauss(0, 1))
deck = list(range(10))
rng.shuffle(deck)
print(deck, rng.choices("xyz", weights=[5, 3, 2], k=8), rng.uniform(2, 3), rng.getrandbits(70), rng.expovariate(2), rng.triangular(), rng.betavariate(1, 2))

Event = namedtuple("Event", "time seq kind who")


class Bank:
    def __init__(self, seed, tellers=2):
        self.rng = random.Random(seed)
        self.q = []
        self.seq = 0
        self.free = tellers
        self.line = deque()
        self.waits = []
        self.log = []

    def at(self, t, kind, who):
        self.seq += 1
        heapq.heappush(self.q, Event(t, self.seq, kind, who))

    def run(self, n):
        t = 0
        for i in range(n):
            t += self.rng.expovariate(1.0)
            self.at(t, "arrive", i)
        arrived = {}
        while self.q:
            now, _, kind, who = heapq.heappop(self.q)
            if kind == "arrive":
                arrived[who] = now
                self.line.append(who)
            else:
                self.free += 1
            while self.free and self.line:
                w = self.line.popleft()
                self.free -= 1
                self.waits.append(now - arrived[w])
                self.at(now + self.rng.gauss(1.5, .3), "leave", w)
        return now


b = Bank(7)
print(f"{b.run(50):.4f} mean {statistics.fmean(b.waits):.4f} median {statistics.median(b.waits):.4f} sd {statistics.stdev(b.waits):.4f} max {max(b.waits):.4f}")


def life(cells, n):
    for _ in range(n):
        counts = defaultdict(int)
        for x, y in cells:
            for dx, dy in product((-1, 0, 1), repeat=2):
                if dx or dy:
                    counts[x + dx, y + dy] += 1
        cells = {c for c, k in counts.items() if k == 3 or k == 2 and c in cells}
    return cells


glider = {(1, 0), (2, 1), (0, 2), (1, 2), (2, 2)}
cells = life(glider, 20)
for y in range(8):
    print("".join(".#"[(x, y) in cells] for x in range(12)))


def dijkstra(g, s):
    dist, prev, q = {s: 0}, {}, [(0, s)]
    while q:
        d, u = heapq.heappop(q)
        if d > dist[u]:
            continue
        for v, w in g[u].items():
            if (nd := d + w) < dist.get(v, float("inf")):
                dist[v], prev[v] = nd, u
                heapq.heappush(q, (nd, v))
    return dist, prev


g = defaultdict(dict)
for line in "a-b 7, a-c 9, a-f 14, b-c 10, b-d 15, c-d 11, c-f 2, d-e 6, e-f 9".split(", "):
    edge, w = line.split()
    u, v = edge.split("-")
    g[u][v] = g[v][u] = int(w)
dist, prev = dijkstra(g, "a")
print(dist, prev)


def lru(size):
    def deco(f):
        cache = OrderedDict()
        stats = {"hit": 0, "miss": 0}
        def inner(*a):
            if a in cache:
                cache.move_to_end(a)
                stats["hit"] += 1
                return cache[a]
            stats["miss"] += 1
            r = cache[a] = f(*a)
            if len(cache) > size:
                cache.popitem(last=False)
            return r
        inner.stats = stats
        return inner
    return deco


@lru(3)
def slow(x):
    return x * x


print([slow(x) for x in [1, 2, 3, 1, 4, 2, 1, 5]], slow.stats)
print(ChainMap({"a": 1}, {"a": 2, "b": 3}), dict(ChainMap({"a": 1}, {"a": 2, "b": 3})))
print(list(accumulate([1, 2, 3, 4], lambda a, b: a * b, initial=10)), [(k, list(v)) for k, v in groupby("aabbbc")], list(zip_longest("ab", "xyz", fillvalue="-")), list(starmap(pow, [(2, 3), (3, 2)])), list(batched(range(7), 3)))
print(list(combinations("abcd", 2))[:4], len(list(permutations(range(5)))), list(chain.from_iterable([[1], [2, 3]])))
f = Fraction(3, 4) + Fraction("0.125")
print(f, float(f), f.limit_denominator(3), Fraction(1.5), f ** 2, f // Fraction(1, 3), round(f, 1), f"{f:.3f}")


def queens(n, row=0, cols=0, d1=0, d2=0):
    if row == n:
        return 1
    total = 0
    for c in range(n):
        bit = 1 << c
        if not (cols & bit or d1 & 1 << row + c or d2 & 1 << row - c + n):
            total += queens(n, row + 1, cols | bit, d1 | 1 << row + c, d2 | 1 << row - c + n)
    return total


print([queens(n) for n in range(1, 8)])


def collatz(n):
    steps = 0
    while n != 1:
        n = n // 2 if n % 2 == 0 else 3 * n + 1
        steps += 1
    return steps


print(max(range(1, 3000), key=collatz), sum(map(collatz, range(1, 200))))
x, y = 2 ** 200 + 1, 3 ** 100
print(x * y % 1000000007, x // y, divmod(-x, y), pow(3, 10 ** 18, 10 ** 9 + 7), x.bit_length(), hex(y), (-7) // 2, -7 % 3, 7 % -3, pow(7, -1, 11), int("zz", 36), round(2.5), round(-1250, -2), 10 ** -2, 1e16 + 1, .1 + .2, 5e-324, 1.7976931348623157e308 * 10)
