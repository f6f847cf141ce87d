# del in all its forms.
a = [0, 1, 2, 3, 4, 5]
del a[0]
del a[1:3]
print(a)
del a[::2]
print(a)
d = {1: 2, 3: 4}
del d[1]
print(d)
try:
    del d[1]
except KeyError as e:
    print("KeyError", e)
x = 1
del x
try:
    x
except NameError as e:
    print(e)
try:
    del x
except NameError as e:
    print(e)


class C:
    a = 1

    def __delattr__(self, name):
        print("del", name)

    def __delitem__(self, key):
        print("delitem", key)


c = C()
del c.z, c[1], c[1:2], c[1, 2]
del C.a
print(hasattr(C, "a"))
(p, q) = 1, 2
del (p, q)
print("p" in globals())


def f():
    y = 1

    def g():
        return y

    del y
    try:
        g()
    except NameError as e:
        print(e)


f()
