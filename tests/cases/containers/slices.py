# Slice objects and assignment to slices.
s = slice(1, 10, 2)
print(s, s.start, s.stop, s.step, s.indices(5), slice(5), slice(None, -1), s == slice(1, 10, 2), slice(-3, None).indices(2))
a = list(range(10))
for sl in (slice(None), slice(2, None), slice(None, -2), slice(None, None, -1), slice(8, 2, -2), slice(-100, 100), slice(5, 2), slice(2, 2), slice(-1, -5, -1)):
    print(a[sl], "abcdefghij"[sl], tuple(a)[sl], range(10)[sl], bytes(range(10))[sl])
a[2:4] = []
a[:0] = [100, 101]
a[-1:] = "xy"
a[3:3] = (7, 7)
print(a)
a[::2] = [0] * len(a[::2])
print(a)
del a[::3]
print(a)
b = [1, 2, 3, 4]
b[1:3] = b
print(b)
b[:] = (i for i in range(3))
print(b)


class Show:
    def __getitem__(self, k):
        return k

    def __setitem__(self, k, v):
        print("set", k, v)

    def __delitem__(self, k):
        print("del", k)


x = Show()
print(x[1], x[1:2], x[1:2:3], x[:], x[1, 2], x[1:2, ...], x[()], x[*[1, 2]], x["a":"b"])
x[1:2] = 5
del x[::2], x[...]
for f in (lambda: a["x":], lambda: a[::0], lambda: a.__setitem__(slice(0, 4, 2), [1]), lambda: slice(1, 2, 0).indices(5), lambda: a.__setitem__(slice(0, 1), 5)):
    try:
        print(f())
    except Exception as e:
        print(type(e).__name__, e)
