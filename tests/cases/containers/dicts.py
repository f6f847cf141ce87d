# Methods and operators of dict.
d = {"a": 1, "b": 2}
d["c"] = 3
print(d, d["a"], d.get("z"), d.get("z", 0), "a" in d, len(d), list(d), d.keys(), d.values(), d.items())
print(d.pop("a"), d.pop("zz", None), d.popitem(), d, d.setdefault("n", []), d.setdefault("b", 5))
d.update({"x": 1}, y=2)
d.update([("z", 3)])
print(d, d | {"b": 0}, {"q": 1} | d, d == dict(d))
print(dict.fromkeys("ab"), dict.fromkeys([1, 2], 0), dict(zip("ab", [1, 2])), dict(a=1, **{"b-c": 2}), {**d, "k": 1})
print({k: v for v, k in enumerate("xyz")}, {1: "a", 1.0: "b", True: "c"}, {(1, 2): 3}, {None: 1, ...: 2})
for f in (lambda: d["nope"], lambda: {}.popitem(), lambda: d.pop("q"), lambda: {[]: 1}, lambda: dict([1]), lambda: {} + {}, lambda: d.update(5), lambda: {}[[]], lambda: {} < {}):
    try:
        print(f())
    except Exception as e:
        print(type(e).__name__, e)
k = d.keys()
d["new"] = 1
print("new" in k, len(k), k & {"b", "new"} == {"b", "new"}, sorted(k | {"w"})[:2], sorted(k - {"b"})[:2], k.isdisjoint({"nope"}), list(reversed(d))[0], list(d.items())[-1])
try:
    for key in d:
        d[key + "!"] = 1
except RuntimeError as e:
    print(e)
try:
    for key in list(d):
        del d[key]
    for x in {1: 2}:
        pass
except RuntimeError as e:
    print(e)
print(d, bool(d))
e = {}
e["self"] = e
print(e)


class D(dict):
    def __missing__(self, key):
        return key * 2


x = D(a=1)
print(x["a"], x["b"], x.get("b"), x, type(x.copy()), "b" in x)
order = {}
for i in (3, 1, 2):
    order[i] = i
del order[3]
order[3] = "again"
print(order, list(order.values()))
big = {i: i * i for i in range(1000)}
for i in range(0, 1000, 2):
    del big[i]
print(len(big), sum(big), sum(big.values()), big[999], 500 in big, next(iter(big)))


class Key:
    def __init__(self, v):
        self.v = v

    def __hash__(self):
        return 1

    def __eq__(self, o):
        return isinstance(o, Key) and self.v == o.v


kd = {Key(i): i for i in range(20)}
print(kd[Key(7)], len(kd), Key(50) in kd, kd.pop(Key(3)), len(kd))
