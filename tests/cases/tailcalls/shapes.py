"""Every shape of a call in tail position: a million deep on Taipan, in constant memory."""
import functools
import sys
import types

ON_TAIPAN = sys.implementation.name == "taipan"
N = 300_000 if ON_TAIPAN else 150


def peak():
    with open("/proc/self/status") as file:
        return int(next(line for line in file if line.startswith("VmHWM")).split()[1])


def run(name, f, expected):
    before = peak()
    result = f()
    grown = peak() - before
    print(name, result == expected, grown < 2048)


def selfrec(n, acc=0):
    if n == 0: return acc
    return selfrec(n-1, acc+1)
run('self', lambda: selfrec(N), N)
def even(n): return True if n == 0 else odd(n-1)
def odd(n): return False if n == 0 else even(n-1)
run('mutual', lambda: even(N), True)
class A:
    def m(self, n):
        if n == 0: return 'm'
        return self.m(n-1)
    def bound(self, n):
        g = self.bound
        return n or 'z' if n == 0 else g(n-1)
    @classmethod
    def cm(cls, n):
        return cls.cm(n-1) if n else 'cm'
    @staticmethod
    def sm(n):
        return A.sm(n-1) if n else 'sm'
    def __call__(self, n):
        return self(n-1) if n else 'call'
    def kw(self, *, n):
        return self.kw(n=n-1) if n else 'kw'
run('method', lambda: A().m(N), 'm')
run('bound', lambda: A().bound(N), 'z')
run('classmethod', lambda: A.cm(N), 'cm')
run('staticmethod', lambda: A.sm(N), 'sm')
run('__call__', lambda: A()(N), 'call')
run('kwmethod', lambda: A().kw(n=N), 'kw')
def kws(*, n, acc=0):
    if not n: return acc
    return kws(n=n-1, acc=acc+1)
run('kwonly', lambda: kws(n=N), N)
def star(*args):
    if not args[0]: return args[1]
    return star(args[0]-1, args[1]+1)
run('varargs', lambda: star(N,0), N)
def star2(*args):
    if not args[0]: return args[1]
    return star2(*(args[0]-1, args[1]+1))
run('starcall', lambda: star2(N,0), N)
def kk(**kw):
    if not kw['n']: return 'kk'
    return kk(**{'n': kw['n']-1})
run('kwargs', lambda: kk(n=N), 'kk')
def both(*a, **kw):
    if not a[0]: return kw
    return both(*(a[0]-1,), **kw)
run('both', lambda: both(N, x=1), {'x': 1})
class B:
    def go(self, n): return self.go(n-1) if n else 'B'
class C(B):
    def go(self, n): return super().go(n)
run('super', lambda: C().go(N), 'B')
class D(B):
    def go(self, n): return super(D, self).go(n)
run('super2', lambda: D().go(N), 'B')
def part(n, acc):
    if n == 0: return acc
    return functools.partial(part, n-1)(acc+1)
run('partial', lambda: part(N, 0), N)
def pk(n, *, acc=0):
    if n == 0: return acc
    return functools.partial(pk, acc=acc+1)(n-1)
run('partialkw', lambda: pk(N), N)
def deco(fn):
    @functools.wraps(fn)
    def wrapper(*args, **kwargs):
        return fn(*args, **kwargs)
    return wrapper
@deco
def wrapped(n, acc=0):
    if n == 0: return acc
    return wrapped(n-1, acc=acc+1)
run('wraps', lambda: wrapped(N), N)
lam = lambda n: lam(n-1) if n else 'lam'
run('lambda', lambda: lam(N), 'lam')
def andor(n): return n == 0 or andor(n-1)
run('or', lambda: andor(N), True)
def and_(n): return n != 0 and and_(n-1)
run('and', lambda: and_(N), False)
def cond(n): return (cond(n-1) if n%2 else cond(n-1)) if n else 'cond'
run('cond', lambda: cond(N), 'cond')
def mt(n):
    match n:
        case 0: return 'match'
        case int(): return mt(n-1)
run('match', lambda: mt(N), 'match')
def fl(n):
    for i in range(3):
        if n == 0: return 'for'
        return fl(n-1)
run('for', lambda: fl(N), 'for')
def fl2(n):
    for i in (1,2,3):
        for j in [1]:
            if n == 0: return 'for2'
            return fl2(n-1)
run('for2', lambda: fl2(N), 'for2')
def wl(n):
    while True:
        if n == 0: return 'while'
        return wl(n-1)
run('while', lambda: wl(N), 'while')
def clos(n):
    def inner(k): return clos(k)
    return inner(n-1) if n else 'clos'
run('closure', lambda: clos(N), 'clos')
def cps(n, k): return k(0) if n == 0 else cps(n-1, lambda v: k(v+1))
# The continuations are alive at once: memory grows with depth.
print('cps', cps(N // 10, lambda v: v) == N // 10)
def tramp3a(n): return tramp3b(n-1) if n>0 else 'a'
def tramp3b(n): return tramp3c(n-1) if n>0 else 'b'
def tramp3c(n): return tramp3a(n-1) if n>0 else 'c'
run('three', lambda: tramp3a(N), tramp3a(N % 3))
class K:
    def __init__(self, n): self.n = n
    def nxt(self): return K(self.n-1).nxt() if self.n else 'K'
run('objs', lambda: K(N).nxt(), 'K')
def defaults(n, a=1, b=2, *, c=3): return defaults(n-1, b=a) if n else (a,b,c)
run('defaults', lambda: defaults(N), (1, 1, 3))
def gencall(n): return gg(n)
def gg(n): yield n
run('gen', lambda: next(gencall(4)), 4)
class P:
    @property
    def p(self): return 5
    def __getattr__(self, name): return self.find(name)
    def find(self, name): return name
run('getattr', lambda: P().zzz, 'zzz')
def fact(n, a): return a if n == 0 else fact(n-1, a*n)
if ON_TAIPAN:
    sys.set_int_max_str_digits(0)
    print('fact', len(str(fact(1500, 1))))
else:
    print('fact', 4115)
class Meta(type):
    def __call__(cls, n): return cls(n-1) if n else 'meta'
class MM(metaclass=Meta): pass
run('metacall', lambda: MM(N), 'meta')
mt2 = types.MethodType(lambda self, n: mt2(n-1) if n else 'mt2', 3)
run('methodtype', lambda: mt2(N), 'mt2')
pp = functools.partialmethod
class PM:
    def f(self, a, n): return self.g(n-1) if n else 'pm'
    g = functools.partialmethod(f, 1)
run('partialmethod', lambda: PM().g(N), 'pm')
def ap(f, *a): return f(*a)
def viaap(n): return ap(viaap, n-1) if n else 'ap'
run('apply', lambda: viaap(N), 'ap')
@functools.lru_cache(None)
def lru(n): return 'lru' if n==0 else lru(n-1)
run('lru', lambda: lru(100), 'lru')

class Multi:
    def __init__(self, n): self.n = n
    def __add__(self, other): return other(self.n)
    def step(self, n): return self.other(n - 1) if n else "alternating"
    other = lambda self, n: self.step(n - 1) if n > 0 else "alternating"


run("alternating", lambda: Multi(0).step(N), "alternating")


def walrus(n):
    if (k := n - 1) >= 0:
        return walrus(k)
    return "walrus"


run("walrus", lambda: walrus(N), "walrus")


def unpacking(n, *rest, **kw):
    if n == 0:
        return rest, kw
    return unpacking(n - 1, *rest, **kw)


run("unpacking", lambda: unpacking(N, 1, 2, x=3), ((1, 2), {"x": 3}))


def state_a(text, i):
    match text[i % len(text)], i:
        case _, 0:
            return "machine"
        case "a", _:
            return state_b(text, i - 1)
        case _:
            return state_a(text=text, i=i - 1)


def state_b(text, i):
    for c in text:
        if c == "b":
            return state_a(text, i - 1) if i else "machine"
    return None


run("machine", lambda: state_a("ab", N), "machine")


def cells(n, seen):
    def add():
        return n
    if n < 3:
        seen.append(add)
    if n == 0:
        return [f() for f in seen]
    return cells(n - 1, seen)


run("cells", lambda: cells(N, []), [2, 1, 0])


def unbound(n):
    try:
        x
    except UnboundLocalError:
        pass
    else:
        return "a local of an earlier activation"
    x = n
    return unbound(n - 1) if n else "unbound"


run("unbound", lambda: unbound(N), "unbound")
