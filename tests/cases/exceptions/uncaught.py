"""What is printed of errors that nobody catches: carets, hints, groups, syntax errors."""
import linecache
import re
import sys
import traceback

progs = {
"nested": '''
def a(x):
    return b(x) + 1
def b(x):
    return [c(y) for y in x]
def c(y):
    return {"k": y}["k"].missing
a([1])
''',
"chain": '''
class E(Exception): pass
def f():
    try:
        int("z")
    except ValueError as e:
        raise E("from") from e
try:
    f()
except E:
    raise KeyError("third")
''',
"multi": '''
x = (1 +
     2 *
     (3 / 0))
''',
"call": '''
def f(a, *, b): pass
f(1,
  2,
  b=3)
''',
"attr": '''
class A:
    value = 1
    def method(self): return self.vaule
A().method()
''',
"name": '''
import math
def area(radius):
    return maht.pi * radius
area(2)
''',
"import": "import math\nfrom math import sqroot\n",
"module": "import math\nmath.sqr(2)\n",
"syntax": "def f(:\n    pass\n",
"syntax2": "x = [1, 2\ny = 3\n",
"indent": "def f():\nreturn 1\n",
"indent2": "if True:\n    x = 1\n  y = 2\n",
"tab": "if True:\n\tx = 1\n        y = 2\n",
"exit": "import sys\nsys.exit('bye')\n",
"exit3": "raise SystemExit(3)\n",
"assert": "x = 5\nassert x == 6, f'{x} is not six'\n",
"group": '''
def f(n): raise ValueError(n)
def g():
    es = []
    for i in range(2):
        try: f(i)
        except ValueError as e:
            e.add_note(f"note {i}\\nline two")
            es.append(e)
    raise ExceptionGroup("eg", es + [ExceptionGroup("inner", [TypeError("t")])])
g()
''',
"notes": "e = RuntimeError('x')\ne.add_note('hello')\nraise e\n",
"recursion": "def f(n): return 1 + f(n + 1)\nf(0)\n",
"genexp": "print(sum(1 / x for x in [1, 0]))\n",
"lambda": "(lambda: (lambda q: q['a'])({}))()\n",
"with": '''
class C:
    def __enter__(self): return self
    def __exit__(self, *a): raise OSError("exit")
with C() as c:
    1 / 0
''',
"del": '''
class D:
    def __del__(self): raise ValueError("in del")
d = D()
del d
print("alive")
''',
"unicode": "s = 'äöü' + 1  # ünï\n",
"long": "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa = {'x': 1}['a' + 'bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb' + 'cccccccccccccccccccccc']\n",
"binop": "a, b, c = 1, 'x', 2\nprint(a * c + b * c - c)\n",
"subscr": "d = {'a': {'b': [1, 2]}}\nprint(d['a']['b'][7]['c'])\n",
"kwarg": "def f(alpha, beta): pass\nf(alpha=1, bteta=2)\n",
"unpack": "a, b = [1, 2, 3]\n",
"await": "import types\nasync def f(): return await g()\nasync def g(): raise LookupError('g')\nf().send(None)\n",
"deco": "def d(f): return f(1)\n@d\ndef g(): pass\n",
"class": "class A(int, str): pass\n",
"cls2": "class A:\n    x = 1\n    y = x + z\n",
"keyerr": "{}['a\\nb']\n",
"oserr": "open('/nonexistent/file')\n",
"unbound": "def f():\n    print(q)\n    q = 1\nf()\n",
"exec": "exec('x = 1\\ny = 1/0')\n",
"custom": "class MyErr(Exception):\n    def __str__(self): return 'custom\\nmessage'\nraise MyErr\n",
"badstr": "class MyErr(Exception):\n    def __str__(self): 1/0\nraise MyErr\n",
"stop": "next(iter([]))\n",
"return": "return 5\n", "yield": "yield 1\n", "break": "break\n", "dup": "def f(a, a): pass\n", "nonlocal": "nonlocal x\n", "global": "x = 1\ndef f():\n    x = 2\n    global x\n", "future": "x = 1\nfrom __future__ import annotations\n", "star": "*a = 1\n", "lit": "1 = x\n", "fcall": "f() = 1\n", "kwrep": "f(a=1, a=2)\n", "posafter": "f(a=1, 2)\n", "print": "print 'a'\n", "quote": "x = 'abc\n", "triple": "x = '''abc\n", "paren": "x = (1]\n", "unm": "x = 1)\n", "eq": "if x = 1: pass\n", "colon": "if x\n    pass\n", "else": "else:\n    pass\n", "try": "try:\n    pass\nx = 1\n", "walrus": "x := 1\n", "await2": "def f():\n    await x\n", "asyncw": "async with x: pass\n", "del2": "del f()\n", "aug": "a + 1 += 2\n", "comp": "[x for x in y for]\n", "dictc": "{1: 2, 3}\n", "esc": "'\\N{nope}'\n", "bytes": "b'é'\n", "num": "1__0\n", "num2": "0777\n", "num3": "1abc\n", "fstr": "f'{a b}'\n", "fstr2": "f'{}'\n", "fstr3": "f'{a'\n", "match": "match x:\n    case a: pass\n    case b: pass\n", "cont": "x = 1 \\ \ny\n", "char": "x = 5 ¢ 3\n", "lambda2": "lambda x: yield\n", "import2": "from . import *\ndef f():\n    from os import *\n", "except": "try: pass\nexcept: pass\nexcept E: pass\n", "exceptc": "try:\n    pass\nexcept A, B:\n    pass\n", "named": "(x + 1 := 2)\n", "typep": "class A[T, T]: pass\n", "default": "def f(a=1, b): pass\n", "tern": "x = 1 if 2\n", "not": "x = 1 not 2\n", "inc": "x++\n", "excl": "!x\n", "and": "x && y\n", "deepi": "if 1:\n  if 2:\n      x\n    y\n",
}
for name in ("exit", "exit3", "del", "recursion", "oserr", "cls"):
    progs.pop(name, None)
for name, src in progs.items():
    linecache.cache["case.py"] = (len(src), None, src.splitlines(True), "case.py")
    print("##", name)
    try:
        exec(compile(src, "case.py", "exec"), {"__name__": "__main__"})
    except BaseException as e:
        e.__traceback__ = e.__traceback__.tb_next
        traceback.print_exception(e, file=sys.stdout)
