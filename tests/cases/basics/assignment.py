# All kinds of targets.
a = b = c = [1]
b.append(2)
print(a, b is c)
x, y = 1, 2
x, y = y, x
print(x, y)
(p, [q, *r]), s = (1, [2, 3, 4]), 5
print(p, q, r, s)
*head, last = "hello"
print(head, last)
first, *middle, end = range(5)
print(first, middle, end)
*none, one = [1]
print(none, one)
d = {}
d["k"], d["l"] = 1, 2
lst = [0] * 5
lst[1:3] = "ab"
lst[-1], lst[0] = 9, 8
print(d, lst)
i = 0
i, lst[i] = 2, "two"
print(i, lst)


class O:
    pass


o = O()
o.x, o.y = 1, [2]
o.y += [3]
o.x += 5
print(o.x, o.y)
n: int = 5
m: "str"
print(n, __annotations__ if "__annotations__" in globals() else "lazy")
for bad in ("a, b = 1", "a, b = 1, 2, 3", "a, *b, c = [1]", "a, b = {}", "[a, b] = (1,)"):
    try:
        exec(bad)
    except (TypeError, ValueError) as e:
        print(bad, "->", type(e).__name__, e)
for i, (j, *k) in enumerate([(1, 2, 3), "ab"]):
    print(i, j, k)
del a, b
try:
    a
except NameError as e:
    print(e)
del d["k"], lst[0], o.x
print(d, lst, hasattr(o, "x"))
