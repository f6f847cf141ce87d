# Counter, deque, defaultdict, OrderedDict, ChainMap.
from collections import ChainMap, Counter, OrderedDict, UserDict, UserList, defaultdict, deque

c = Counter("abracadabra")
print(c, c.most_common(2), c["a"], c["z"], sorted(c.elements())[:4], c + Counter("aaz"), c - Counter("aaaa"), c & Counter("ab"), c | Counter("zz"), c.total())
c.update("zzz")
c.subtract("aab")
print(c, +c, len(c), Counter(a=2, b=0) == Counter(a=2))
d = deque([1, 2, 3], maxlen=4)
d.append(4)
d.append(5)
d.appendleft(0)
print(d, d.maxlen, d.pop(), d.popleft(), d)
d.rotate(1)
d.extend([7, 8])
d.extendleft([9])
print(d, d[0], d[-1], len(d), 7 in d, d.index(7), d.count(7), list(reversed(d)))
d.insert(1, "i") if len(d) < 4 else None
d.remove(7)
print(d, d.copy() == d, deque("abc") + deque("d"), deque("ab") * 2, deque() < deque([1]))
for f in (lambda: deque().pop(), lambda: deque([1]).remove(2), lambda: deque([1])[5]):
    try:
        f()
    except Exception as e:
        print(type(e).__name__, e)
dd = defaultdict(list)
dd["a"].append(1)
dd["a"].append(2)
print(dd, dd["b"], dd.get("c"), dict(dd), dd.default_factory)
o = OrderedDict(a=1, b=2, c=3)
o.move_to_end("a")
o.move_to_end("c", last=False)
print(o, o.popitem(last=False), list(o), o == {"b": 2, "a": 1}, OrderedDict([(1, 2), (3, 4)]) == OrderedDict([(3, 4), (1, 2)]), list(reversed(o)))
m = ChainMap({"a": 1}, {"a": 2, "b": 3})
m["c"] = 5
print(m, m["a"], m["b"], len(m), sorted(m), m.new_child({"a": 0})["a"], m.parents, dict(m))


class U(UserDict):
    def __setitem__(self, k, v):
        super().__setitem__(k, v * 2)


u = U(a=1)
u["b"] = 2
print(u, UserList([1]) + [2])
