# Calls in tail position: depths that an ordinary stack bears, all kinds of calls, values that stay right.
def count(n, acc=0):
    if n == 0:
        return acc
    return count(n - 1, acc + n)


def even(n):
    return True if n == 0 else odd(n - 1)


def odd(n):
    return False if n == 0 else even(n - 1)


def gcd(a, b):
    return a if not b else gcd(b, a % b)


def rev(xs, out=()):
    return out if not xs else rev(xs[1:], (xs[0], *out))


def kw(n, *, acc=1):
    return acc if n <= 1 else kw(n - 1, acc=acc * n)


def star(*args):
    return args if len(args) > 5 else star(*args, len(args))


def cond(n):
    return n and cond(n - 1) or n


class M:
    def down(self, n, trail=""):
        if n == 0:
            return trail
        return self.down(n - 1, trail + str(n % 10))

    @classmethod
    def make(cls, n):
        return cls if n == 0 else cls.make(n - 1)

    @staticmethod
    def st(n):
        return "static" if n == 0 else M.st(n - 1)


class N(M):
    def down(self, n, trail=""):
        return super().down(n, trail + "<" if n == 3 else trail)


def closure(n, fs=()):
    if n == 0:
        return [f() for f in fs]
    return closure(n - 1, (*fs, lambda: n))


def match_it(xs):
    match xs:
        case []:
            return "empty"
        case [1, *rest]:
            return match_it(rest)
        case [x, *rest]:
            return match_it([1] * x + rest) if x < 3 else f"big {x}"


def with_try(n):
    try:
        if n == 0:
            raise ValueError("bottom")
        return with_try(n - 1)
    except ValueError as e:
        if n == 2:
            return f"caught at {n}: {e}"
        raise


def swap(a, b, n):
    return (a, b) if n == 0 else swap(b, a, n - 1)


print(count(500), even(400), odd(401), gcd(2**80 * 9, 3**50 * 8), rev("abcdef"), kw(20), star(1), cond(100))
print(M().down(25), M.make(5), M.st(100), N().down(5), closure(4), match_it([1, 2, 1, 1, 5]), match_it([1, 1]), with_try(5), swap(1, 2, 7))
import builtins

print((lambda f, n: f(f, n))(lambda f, n: n if n > 50 else f(f, n + 7), 1), [count(i) for i in range(5)])


def to_native(x):
    return len(x)


def to_class(x):
    return int(x)


def to_call(x):
    return Callable()(x)


class Callable:
    def __call__(self, x):
        return sorted(x, reverse=True)


print(to_native("abc"), to_class("12"), to_call([1, 3, 2]))
