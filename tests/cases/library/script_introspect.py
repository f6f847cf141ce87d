import inspect, ast, traceback, warnings, types, abc, sys, io, dis, symtable, tokenize, token, keyword, codeop, code, gc, textwrap, importlib, importlib.util, pkgutil, builtins, contextlib, operator
src = textwrap.dedent('''
    import os as o, sys
    from a.b import (c, d as e)
    @dec(1)
    async def f(a, /, b: int = 2, *c, d, e=3, **g) -> None:
        """doc"""
        async with x as y, z: await w
        return [i async for i in q if i] or {k: v for k, v in {}.items()} | {*s}
    class C[T: int](B, metaclass=M):
        x: int = 5
        def m(self): nonlocal_ = lambda q=1: (yield)
    match v:
        case {"k": [1, *rest], **kw} if rest: pass
        case C(x=1) | None as n: ...
    try: raise E from None
    except* (A, B) as ex: del ex[0]
    else: assert 1, "m"
    finally: global_ = f"{x!r:>{w}} {y=}" t"{z}" if 0 else rf"\\d"
    type X[*Ts, **P] = list[Ts]
    while (n := 5) > 3 and not a is not b: x <<= -n ** 2 // ~3 @ z; continue
    for i, *j in 1, 2: break
''').replace(' t"{z}"', "")
tree = ast.parse(src); print(ast.unparse(tree)); print(ast.dump(tree.body[2], indent=1)[:1500]); print(ast.dump(ast.parse("a+1", mode="eval"), include_attributes=True))
print(ast.literal_eval("{'a': [1, -2.5, (None, True), b'x', {1}], 'c': 1+2j}"), ast.get_docstring(tree.body[2]), sum(1 for _ in ast.walk(tree)))
for bad in ["1+x", "f()", "[", "a b", "__import__('os')"]:
    try: print(ast.literal_eval(bad))
    except Exception as e: print(type(e).__name__, str(e).split(" at 0x")[0])
class V(ast.NodeTransformer):
    def visit_Name(self, n): return ast.copy_location(ast.Constant(n.id.upper()), n)
print(ast.unparse(ast.fix_missing_locations(V().visit(ast.parse("x + y(z)")))))
for code_ in ["def f(:", "x = = 1", "print 'a'", "for x in", "if 1:\npass", "  x", "a = 'abc", "(1,", "f(a=1, 2)", "def f(a, a): pass", "return 1", "break", "x = 1 +", "1 = x", "f() = 1", "class", "import a.b as", "lambda: (yield", "é = 1; ü$ = 2", "0777", "1_", "'\\N{nope}'", "async def f(): [await x for", "nonlocal x", "def f():\n  global x; x = 1; nonlocal x", "try: pass", "with open(x) as 1: pass", "a: int: str", "{**a, *b}", "f'{x'", "f'{}'", "f'{a b}'", "from x import *; from . import", "else: 1", "not", "*a", "del f()", "yield = 1", "None = 1", "if x = 1: pass", "assert (1, 'x')"]:
    try: compile(code_, "<s>", "exec"); print("ok", repr(code_))
    except SyntaxError as e: print(repr(code_), "->", type(e).__name__, e.msg, e.lineno, e.offset, e.end_lineno, e.end_offset)
    except Exception as e: print(repr(code_), type(e).__name__, e)
def outer(n):
    def inner(x): return {}["missing" + str(x)]
    try: inner(n)
    except KeyError as e: raise ValueError("wrapped") from e
try: outer(3)
except ValueError as e:
    err = e; print(traceback.format_exc().replace(__file__, "FILE")); te = traceback.TracebackException.from_exception(e, capture_locals=True); print([f.name for f in te.stack], te.stack[-1].locals.keys(), list(te.format_exception_only()))
    e.add_note("a note\nline 2"); traceback.print_exception(e, limit=1, file=sys.stdout) if 0 else print(traceback.format_exception_only(e))
try: raise ExceptionGroup("g", [ValueError(1), ExceptionGroup("h", [TypeError("t")])])
except ExceptionGroup as g: print("".join(traceback.format_exception(g)).replace(__file__, "FILE")); print(g.split(TypeError), g.subgroup(lambda e: isinstance(e, ValueError)), repr(g))
def rec(n): return rec(n + 1) + 1
try: rec(0)
except RecursionError as e: s = traceback.format_exc().replace(__file__, "FILE"); print("Previous line repeated" in s, e)
with warnings.catch_warnings(record=True) as w:
    warnings.simplefilter("always"); warnings.warn("dep", DeprecationWarning, stacklevel=1); warnings.warn_explicit("x", UserWarning, "f.py", 3); print([(str(x.message), x.category.__name__, x.lineno > 0) for x in w])
warnings.simplefilter("error")
try: warnings.warn("err")
except UserWarning as e: print("raised", e)
@warnings.deprecated("old")
def oldf(): pass
try: oldf()
except DeprecationWarning as e: print(e)
class Abs(abc.ABC):
    @property
    @abc.abstractmethod
    def p(self): ...
    @abc.abstractmethod
    def q(self): ...
    @classmethod
    def __subclasshook__(cls, C): return True if hasattr(C, "qq") else NotImplemented
try: Abs()
except TypeError as e: print(e)
print(isinstance(type("Z", (), {"qq": 1})(), Abs), Abs.__abstractmethods__ == {"p", "q"}, inspect.isabstract(Abs), inspect.getsource(outer), inspect.getsourcelines(oldf.__wrapped__)[0], inspect.getmro(Abs), inspect.getmodule(outer).__name__, inspect.currentframe().f_lineno, inspect.isgeneratorfunction(lambda: (yield)), inspect.unwrap(oldf).__name__, inspect.signature(oldf), inspect.getclosurevars(outer).builtins.keys())
sig = inspect.signature(lambda a, b=2, *c, d, **e: 0); ba = sig.bind(1, d=4, z=5); ba.apply_defaults(); print(ba, ba.args, ba.kwargs, [str(p.kind) for p in sig.parameters.values()])
try: sig.bind()
except TypeError as e: print(e)
print([(token.tok_name[t.exact_type], t.string) for t in tokenize.generate_tokens(io.StringIO("x = f'a{b!r}' # c\nif 1:\n  y\n").readline)]); print(tokenize.untokenize(tokenize.generate_tokens(io.StringIO("a  =  (1,\n 2)\n").readline)))
st = symtable.symtable("def f(a):\n global g\n b = a\n return lambda: b", "s", "exec"); fn = [c for c in st.get_children() if c.get_name() == "f"][0]; print(fn.get_name(), sorted(fn.get_identifiers()), fn.lookup("a").is_parameter(), fn.lookup("g").is_global(), [c for c in fn.get_children() if c.get_name() == "lambda"][0].lookup("b").is_free()); print(codeop.compile_command("if 1:"), codeop.compile_command("x = 1") is not None, keyword.iskeyword("match"), keyword.softkwlist)
ic = code.InteractiveInterpreter(); 
with contextlib.redirect_stderr(io.StringIO()) as se: ic.runsource("1/0"); ic.runsource("x y")
print(se.getvalue()); m = types.ModuleType("mm", "docs"); exec("a=1", m.__dict__); print(m.a, m.__doc__, m, importlib.import_module("json.decoder").__name__, importlib.util.find_spec("no_such_mod"), importlib.util.find_spec("os").name, types.new_class("NC", (), {}).__name__, types.MappingProxyType({"a": 1}), types.GenericAlias(list, int), type(types.CellType(1)), types.resolve_bases((int,)))
try: import no_such_module_x
except ModuleNotFoundError as e: print(e, e.name)
try: from os import nope_x
except ImportError as e: print(type(e).__name__, e.name, str(e).split("(")[0])
for expr in ["[].foo", "undefined_name", "''.uper", "1 + 'a'", "None[0]", "len()", "int('z', 99)", "(lambda a: 0)()", "{}.x", "sys.exitt", "[1][5]", "'%d' % 'x'", "f(1)", "print(sepp=1)", "'a'.join([1])", "1()", "range(1, 2, 0)", "chr(-1)", "bytes([300])", "open('/nope')", "int(' ')", "next(iter([]))", "max([])", "sum(['a'])", "[] < 1", "iter(1)", "hash([])", "dict([1])", "complex('x')", "b'a' + 'b'", "'{}'.format()", "'{a}'.format(a_=1)", "object().x", "round('x')", "ord('ab')", "float('x')", "set([[]])", "reversed({1})", "super()", "type('a', 1, {})", "isinstance(1, 1)"]:
    try: print(expr, eval(expr))
    except Exception as e:
        print(expr, "->", traceback.format_exception_only(e)[-1].strip())
