"""Scopes, closures, globals, exec/eval, locals, decorators, comprehension corner cases, walrus, unpacking, star-args."""
x = "global"


def outer():
    x = "outer"
    def inner():
        nonlocal x
        x += "+inner"
        def innermost():
            global x
            x = "changed global"
            return x
        return innermost(), x
    return inner(), x


print(outer(), x)
fs = [lambda: i for i in range(3)]
print([f() for f in fs], [(lambda i=i: i)() for i in range(3)])
gs = []
for i in range(3):
    def g(n=i): return n * i
    gs.append(g)
print([g() for g in gs], [g.__defaults__ for g in gs])


class K:
    y = 10
    z = [y for _ in range(2)] if False else [1]
    w = list(map(lambda v: v + 1, z))
    try:
        q = [y * v for v in z]
    except NameError as e:
        q = str(e)
    def m(self): return x, __class__.__name__


print(K.w, K.q, K().m())


def counter():
    n = 0
    def inc(by=1):
        nonlocal n
        n += by
        return n
    def get(): return n
    return inc, get


inc, get = counter()
inc(); inc(5)
print(get(), inc.__closure__[0].cell_contents, inc.__code__.co_freevars, counter.__code__.co_cellvars)
inc.__closure__[0].cell_contents = 100
print(get())


def unbound():
    try:
        print(v)
    except UnboundLocalError as e:
        print(e)
    v = 1
    del v
    try:
        v
    except UnboundLocalError as e:
        print(e)
    def f(): return w
    try:
        f()
    except NameError as e:
        print(e)
    w = 1


unbound()
ns = {"a": 5}
exec("b = a * 2\ndef f(): return a + b\nclass Q: attr = b", ns)
print(ns["b"], ns["f"](), ns["Q"].attr, eval("a + b", ns), eval("[a for _ in range(2)]", {"a": 1}), eval("x", {"x": 1}, {"x": 2}))
code = compile("1 + 2; print('in code')", "<c>", "exec"); exec(code)
code = compile("3 * 4", "<c>", "eval"); print(eval(code), code.co_consts, code.co_name)
exec(compile("5 + 5\n", "<c>", "single"))


def loc(a, b=2, *c, d, **e):
    f = a + b
    return locals()


print(loc(1, d=4, z=5), loc(1, 2, 3, 4, d=0))
for args, kw in [((), {}), ((1,), {}), ((1,), {"d": 1, "a": 2}), ((1, 2, 3), {"d": 1, "b": 3})]:
    try:
        print(loc(*args, **kw))
    except TypeError as e:
        print(e)


def po(a, /, b, *, c): return a, b, c
for call in ["po(1, 2, c=3)", "po(1, b=2, c=3)", "po(a=1, b=2, c=3)", "po(1, 2, 3)", "po(1, c=3)", "po()", "po(1, 2, c=3, d=4)", "po(*[1, 2], **{'c': 3})", "po(*1)", "po(1, 2, **3)", "po(1, 2, c=3, **{'c': 4})", "po(1, 2, **{1: 2})",
             "print(1, sepp=2)", "len()", "len(1, 2)", "len(1)", "int('x')", "int([])", "'a'.join([1])", "[].append()", "[].pop()", "{}.pop('k')", "dict(1)", "range()", "range(1.5)", "(1).real()", "sum('a')", "sorted(1)", "max()", "max(1)", "chr(-1)", "ord('ab')", "abs('a')", "isinstance(1, 'a')", "open(1.5)", "'%d' % 'a'", "[1][5]", "[1]['a']", "{}[[]]", "(1,)[5]", "'a'[1]", "'a' + 1", "1 + 'a'", "[] + ()", "-'a'", "1 < 'a'", "None()", "None.x", "None[0]", "None + 1", "object().x", "int.foo", "type('x', (1,), {})", "super()", "iter(1)", "next([])", "next(iter([]))", "a, b = 1", "f'{1:z}'", "1 // 0", "1.0 % 0", "0 ** -1", "2 ** 'a'", "1 << -1", "~1.5", "not_defined", "__import__('nope.x')", "eval('1 +')", "bytes([256])", "bytearray(-1)", "b'a' + 'b'", "'abc'.index('z')", "[1].remove(2)", "[].index(0)", "{}.popitem()", "set().pop()", "''.join(1)", "float('x')", "complex('x')", "int('1' * 5000)", "'x' * -1", "'x' * 1.5", "range(3)[7]", "slice()", "hash([])", "{[]: 1}", "{1, []}", "memoryview('a')", "zip(1)", "map()", "filter(1)", "reversed({1})", "round('a')", "pow(2, 3, 0)", "divmod(1, 0)", "getattr(1, 2)", "setattr(1, 'x', 2)", "delattr(1, 'x')", "vars(1)", "input.x", "print.x", "lambda: (yield)", "str(b'a', 'foo')", "'é'.encode('ascii')", "b'\\xff'.decode()", "''.format(1).x", "'{}'.format()", "'{a}'.format()", "'{0.x}'.format(1)", "'{!z}'.format(1)"]:
    try:
        if call == "a, b = 1":
            exec(call)
        else:
            r = eval(call)
            print(call, "=>", "function" if callable(r) else r)
    except Exception as e:
        print(call, "!!", type(e).__name__, e)
a, (b, *c), *d = 1, (2, 3, 4), 5, 6
print(a, b, c, d)
[p, q], r = "ab", [0]
r[0], s = s2 = 7, 8
print(p, q, r, s, s2)
for stmt in ["a, b = 1, 2, 3", "a, b, c = 1, 2", "a, *b, c = [1]", "a, b = {}", "*a, = 5", "(a, b), c = 1, 2"]:
    try:
        exec(stmt)
    except Exception as e:
        print(stmt, "!!", type(e).__name__, e)
if (n := len("walrus")) > 3 and (m := n * 2):
    print(n, m, [y := 1, y ** 2], [last := v for v in range(3)], last)
print([(i, j) for i in range(3) for j in range(i) if (i + j) % 2], {k: v for k, v in zip("ab", range(2))}, {c for c in "aab"}, [[j for j in range(i)] for i in range(3)], [x for x in [1, 2] if x if x > 1], list(a for a in (b for b in "xy")))
i = 0
while True:
    i += 1
    if i == 2: continue
    if i > 4: break
else:
    print("never")
for _ in []: pass
else: print("else ran", i)
def deco(*names, **kw):
    def wrap(f):
        f.tags = (*names, *kw.items())
        return f
    return wrap
@deco("a", b=1)
@(lambda f: staticmethod(f))
def tagged(): return 1
print(tagged(), tagged.tags)
x = y = z = []; x += [1]; print(y, x is z); x = x + [2]; print(y, x)
t = ([1],)
try:
    t[0] += [2]
except TypeError as e:
    print(e, t)
def gen_default(a, b=[]): b.append(a); return b
print(gen_default(1), gen_default(2), gen_default.__defaults__)
assert (1, 2)[0] == 1, "no"
try:
    assert 1 == 2, f"message {1 + 1}"
except AssertionError as e:
    print(repr(e))
del x
try: x
except NameError as e: print(e)
print(0 or "a" and [] or None, 1 < 2 < 3 > 2, 1 < 3 < 2, not 1 == 2, 1 if [] else 2, (lambda *a, **k: (a, k))(1, *[2], x=3, **{"y": 4}), 5 .real, 1_000, 0b11, 0o17, 0xFf, 1e-3, .5, 1j * 1j, "a" "b" 'c', r"\n", b"\x41", """t
q""", ..., Ellipsis is ...)
