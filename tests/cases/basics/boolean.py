# Truth of values, short circuits, conditional expressions.
values = [0, 1, -1, 0.0, 0.1, "", " ", [], [0], {}, {0}, (), (0,), None, b"", b"0", range(0), range(1), 0j]
print([bool(v) for v in values])
print([not v for v in values])
print(0 or "x", "" or 0 or None, 1 and 2 and 3, 1 and 0 and 3, None or [] or "last")


def f(x):
    print("f", x)
    return x


print(f(0) and f(1), f(1) or f(2), f(0) or f(3))
print("a" if 1 else "b", "a" if [] else "b", 1 if 0 else 2 if 0 else 3)
print(not 1 == 2, not (1 and 2), not not 5)


class Len:
    def __init__(self, n):
        self.n = n

    def __len__(self):
        return self.n


class Bool:
    def __bool__(self):
        return False

    def __len__(self):
        return 5


print(bool(Len(0)), bool(Len(2)), bool(Bool()), [x for x in (Len(0), Len(1)) if x] != [])
try:
    bool(Len(-1))
except ValueError as e:
    print(e)


class Bad:
    def __bool__(self):
        return 1


try:
    if Bad():
        pass
except TypeError as e:
    print(e)
print(isinstance(True, int), True is not 1 == 1, int(True), str(False), [True, False].index(0))
