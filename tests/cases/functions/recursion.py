# Recursion: ordinary, mutual, deep, and the limit.
import sys


def fact(n):
    return 1 if n <= 1 else n * fact(n - 1)


def even(n):
    return True if n == 0 else odd(n - 1)


def odd(n):
    return False if n == 0 else even(n - 1)


def hanoi(n, a, b, c):
    if n == 0:
        return 0
    return hanoi(n - 1, a, c, b) + 1 + hanoi(n - 1, c, b, a)


def ack(m, n):
    if m == 0:
        return n + 1
    if n == 0:
        return ack(m - 1, 1)
    return ack(m - 1, ack(m, n - 1))


def flatten(x):
    if isinstance(x, list):
        return [z for y in x for z in flatten(y)]
    return [x]


def perms(s):
    if len(s) <= 1:
        return [s]
    return [c + p for i, c in enumerate(s) for p in perms(s[:i] + s[i + 1 :])]


print(fact(20), even(100), odd(7), hanoi(8, "a", "b", "c"), ack(2, 3), flatten([1, [2, [3, [4]]]]), perms("abc"))


def forever(n):
    return 1 + forever(n + 1)


try:
    forever(0)
except RecursionError as e:
    print("RecursionError", str(e)[:32])
print(sys.getrecursionlimit())
sys.setrecursionlimit(5000)


def down(n):
    return 0 if n == 0 else 1 + down(n - 1)


print(down(4000))
sys.setrecursionlimit(1000)


class R:
    def __repr__(self):
        return "R" + repr(self)

    def __getattr__(self, name):
        return getattr(self, name + "x")

    def __eq__(self, o):
        return self == o


for f in (lambda: repr(R()), lambda: R().a, lambda: R() == R()):
    try:
        f()
    except RecursionError:
        print("too deep")
x = []
for _ in range(100):
    x = [x]
print(str(x).count("["))
