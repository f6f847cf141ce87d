"""The features compared: a name, and a program that defines things with `tco` and a `check`.

`DEEP` is a depth beyond the recursion limit. Programs stay as plain as they can, so that old Pythons
and source rewriters get a fair chance; `check` raises if something is wrong.
"""

PROBES = {
    "positional": """
@tco
def f(n, acc):
    if n == 0:
        return acc
    return f(n - 1, acc + 1)
def check():
    assert f(DEEP, 0) == DEEP
""",
    "arguments swapped": """
@tco
def f(a, b, n):
    if n == 0:
        return a
    return f(b, a, n - 1)
def check():
    assert f(1, 2, DEEP + 1) == 2
""",
    "keywords": """
@tco
def f(n, acc):
    if n == 0:
        return acc
    return f(n - 1, acc=acc + 1)
def check():
    assert f(DEEP, 0) == DEEP
""",
    "keywords only, other order": """
@tco
def f(n, a, b):
    if n == 0:
        return a, b
    return f(b=a, a=b, n=n - 1)
def check():
    assert f(DEEP + 1, 1, 2) == (2, 1)
""",
    "no arguments": """
left = [DEEP]
@tco
def f():
    if not left[0]:
        return 7
    left[0] -= 1
    return f()
def check():
    assert f() == 7
""",
    "defaults": """
@tco
def f(n, tag=1):
    if n == 0:
        return tag
    return f(n - 1)
def check():
    assert f(DEEP, 2) == 1
    assert f(0, 2) == 2
""",
    "keyword-only parameters": """
@tco
def f(n, *, k=1):
    if n == 0:
        return k
    return f(n - 1, k=k + 1)
def check():
    assert f(DEEP) == DEEP + 1
""",
    "*args, **kwargs in the signature": """
@tco
def f(n, *args, **kw):
    if n == 0:
        return args, kw
    return f(n - 1, n, k=n)
def check():
    assert f(DEEP) == ((1,), {'k': 1})
""",
    "* and ** in the call": """
@tco
def f(n, *args, **kw):
    if n == 0:
        return args, kw
    return f(*((n - 1,) + args), **kw)
def check():
    assert f(DEEP, 5, k=6) == ((5,), {'k': 6})
""",
    "conditional expression": """
@tco
def f(n):
    return 5 if n == 0 else f(n - 1)
def check():
    assert f(DEEP) == 5
""",
    "and, or": """
@tco
def f(n):
    return n == 0 or (n > 0 and f(n - 1))
def check():
    assert f(DEEP) is True
""",
    "match": """
@tco
def f(x):
    match x:
        case (0, acc):
            return acc
        case (n, acc):
            return f((n - 1, acc + 1))
def check():
    assert f((DEEP, 0)) == DEEP
""",
    "inside for": """
@tco
def f(n):
    for i in range(3):
        if i == 1 and n > 0:
            return f(n - 1)
    return 5
def check():
    assert f(DEEP) == 5
""",
    "inside while": """
@tco
def f(n):
    while n > 0:
        if n % 3:
            return f(n - 1)
        n -= 1
    return 5
def check():
    assert f(DEEP) == 5
""",
    "methods": """
class A(object):
    @tco
    def m(self, n):
        if n == 0:
            return self
        return self.m(n - 1)
def check():
    a = A()
    assert a.m(DEEP) is a
""",
    "a method overridden": """
class A(object):
    @tco
    def m(self, n):
        if n == 0:
            return 'A'
        return self.m(n - 1)
class B(A):
    def m(self, n):
        return 'B'
def check():
    assert A.m(B(), 3) == 'B'
    assert A().m(3) == 'A'
""",
    "classmethod, staticmethod": """
class A(object):
    @classmethod
    @tco
    def c(cls, n):
        if n == 0:
            return cls
        return cls.c(n - 1)
    @staticmethod
    @tco
    def s(n):
        if n == 0:
            return 5
        return A.s(n - 1)
def check():
    assert A.c(DEEP) is A
    assert A.s(DEEP) == 5
""",
    "nested functions": """
def outer(tag):
    @tco
    def f(n):
        if n == 0:
            return tag
        return f(n - 1)
    return f
def check():
    a, b = outer(1), outer(2)
    assert (a(DEEP), b(DEEP)) == (1, 2)
""",
    "fresh variables in closures": """
@tco
def f(n, fs):
    if n == 0:
        return [g() for g in fs]
    return f(n - 1, fs + [lambda: n])
def check():
    assert f(3, []) == [3, 2, 1]
""",
    "unbound locals": """
@tco
def f(n):
    if n == 3:
        x = n
    if n == 0:
        return x
    return f(n - 1)
def check():
    try:
        f(3)
    except UnboundLocalError:
        return
    raise AssertionError('stale')
""",
    "the name rebound": """
@tco
def f(n):
    if n == 0:
        return 'old'
    return f(n - 1)
g = f
def check():
    global f
    f = lambda n: 'new'
    assert g(3) == 'new'
""",
    "a decorator outside": """
calls = []
def log(function):
    def wrapper(n):
        calls.append(n)
        return function(n)
    return wrapper
@log
@tco
def f(n):
    if n == 0:
        return 5
    return f(n - 1)
def check():
    assert f(3) == 5 and calls == [3, 2, 1, 0]
""",
    "lambdas": """
f = tco(lambda n: 5 if n == 0 else f(n - 1))
def check():
    assert f(DEEP) == 5
""",
    "made by exec": """
scope = {'tco': tco}
exec('''@tco
def f(n):
    if n == 0:
        return 5
    return f(n - 1)
''', scope)
def check():
    assert scope['f'](DEEP) == 5
""",
    "250 variables": "exec('''@tco\ndef f(n, {0}):\n    if n == 0:\n        return a0\n    return f(n - 1, {1})\n'''"
    ".format(', '.join('a%d' % i for i in range(250)), ', '.join('a%d' % ((i + 1) % 250) for i in range(250))))\n"
    "def check():\n    assert f(251, *range(250)) == 1\n",
    "300 lines": "exec('@tco\\ndef f(n):\\n' + ''.join('    x%d = n + %d\\n' % (i, i) for i in range(300))"
    " + '    if n == 0:\\n        return x299\\n    return f(n - 1)\\n')\n"
    "def check():\n    assert f(DEEP) == 299\n",
    "decorated twice": """
@tco
@tco
def f(n):
    if n == 0:
        return 5
    return f(n - 1)
def check():
    assert f(DEEP) == 5
""",
    "mutual recursion": """
def even(n):
    if n == 0:
        return True
    return odd(n - 1)
def odd(n):
    if n == 0:
        return False
    return even(n - 1)
even, odd = group(even, odd)
def check():
    assert even(DEEP) is True and odd(DEEP) is False
""",
    "other self calls beside": """
@tco
def f(m, n):
    if m == 0:
        return n + 1
    if n == 0:
        return f(m - 1, 1)
    return f(m - 1, f(m, n - 1))
def check():
    assert f(2, 3) == 9
""",
    "try, finally right": """
log = []
@tco
def f(n):
    try:
        if n == 0:
            return 5
        return f(n - 1)
    finally:
        log.append(n)
def check():
    assert f(3) == 5 and log == [0, 1, 2, 3]
""",
    "with right": """
log = []
class C(object):
    def __enter__(self):
        log.append('in')
    def __exit__(self, *a):
        log.append('out')
@tco
def f(n):
    with C():
        if n == 0:
            return 5
        return f(n - 1)
def check():
    assert f(1) == 5 and log == ['in', 'in', 'out', 'out']
""",
    "generators right": """
@tco
def f(n):
    yield n
    if n:
        for x in f(n - 1):
            yield x
def check():
    assert list(f(3)) == [3, 2, 1, 0]
""",
    "line numbers in tracebacks": """
import sys
@tco
def f(n):
    if n == 0:
        x = 1
        return x // n
    return f(n - 1)
def check():
    try:
        f(3)
    except ZeroDivisionError:
        t = sys.exc_info()[2]
        while t.tb_next:
            t = t.tb_next
        assert t.tb_lineno == 6, t.tb_lineno
""",
    "signature and pickling": """
import inspect, pickle, sys
@tco
def f(n, acc=0):
    'Doc.'
    if n == 0:
        return acc
    return f(n - 1, acc)
def check():
    assert f.__doc__ == 'Doc.' and f.__name__ == 'f'
    assert str(inspect.signature(f)) == '(n, acc=0)'
    assert pickle.loads(pickle.dumps(f)) is f
""",
    "the same function object": """
def f(n):
    if n == 0:
        return 5
    return f(n - 1)
g = tco(f)
def check():
    assert g is f and f(DEEP) == 5
""",
}
#: Programs whose first line is on line 1, for the probe that counts lines.
PROBES = {name: text.lstrip("\n") for name, text in PROBES.items()}

SPEED = """
@tco
def f(i, current=0, next=1):
    if i == 0:
        return current
    else:
        return f(i - 1, next, current + next)
def plain(i, current=0, next=1):
    if i == 0:
        return current
    else:
        return plain(i - 1, next, current + next)
def check():
    import timeit, sys
    assert f(50) == plain(50)
    best = [9e9, 9e9]
    for _ in range(30):
        for i, g in enumerate((plain, f)):
            best[i] = min(best[i], timeit.timeit(lambda: g(750), number=20))
    sys.stdout.write('%.2f' % (best[0] / best[1]))
""".lstrip("\n")
