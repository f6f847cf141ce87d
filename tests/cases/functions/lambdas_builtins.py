# map, filter, zip, sorted, reduce, iter with sentinel, getattr and friends.
from functools import partial, reduce

print(list(map(lambda a, b: a + b, [1, 2], [3, 4])), list(filter(lambda x: x % 2, range(6))), list(zip("ab", [1, 2], (True, False))), reduce(lambda a, b: a * b, range(1, 6)))
print(list(zip()), list(zip("abc", [1])), list(map(str, [])), reduce(max, [3, 9, 2], 5), list(map(None.__class__, [])))
try:
    list(zip("abc", [1], strict=True))
except ValueError as e:
    print(e)
it = iter([1, 2, 3, "stop", 4])
print(list(iter(lambda: next(it), "stop")), next(it), next(it, "default"))
try:
    next(it)
except StopIteration as e:
    print("stop", e.value)
print(getattr(5, "real"), getattr(5, "nope", "dflt"), hasattr(5, "real"), callable(len), isinstance(5, (str, int)), issubclass(bool, int), isinstance(5, int | str), type(5) is int)
class O: pass
o = O()
setattr(o, "a", 1)
print(vars(o), o.__dict__, dir(o)[-1])
delattr(o, "a")
print(vars(o), id(o) == id(o), hash("a") == hash("a"))
p = partial(int, base=2)
print(p("101"), p.func, p.args, p.keywords, partial(print, "a", sep="-")("b", "c"))
print(eval("1 + 2"), eval("x + y", {"x": 1}, {"y": 5}), [*reversed([1, 2])], divmod(7, 2), pow(2, 5, 7), round(2.5), abs(-3), chr(65), ord("A"), bin(3), oct(8), hex(16))
ns = {}
exec("a = 1\ndef f(): return a + 1\nb = f()", ns)
print(ns["a"], ns["b"], sorted(k for k in ns if not k.startswith("__")))
print(compile("1+1", "x", "eval").co_filename, eval(compile("3*3", "x", "eval")), sum([1, 2], start=5), sum([0.5, 1]), ascii("é"), format(3.14159, ".2f"), repr("x"))
print(max("apple", "fig", key=len), min(3, 1), max([1, 5], [1, 4]), sorted([3, 1], reverse=True), all([1, 0]), any([0, 1]), list(enumerate("ab", 1)), slice(1, 2), object() != object())
for f in (lambda: max(), lambda: max([]), lambda: sum(["a"]), lambda: sum(["a"], ""), lambda: next(5), lambda: iter(5), lambda: reversed(5), lambda: isinstance(1, "int"), lambda: getattr(5, 5), lambda: reduce(max, []), lambda: map(), lambda: zip(1), lambda: eval("1 +")):
    try:
        print(f())
    except Exception as e:
        print(type(e).__name__, e)
