"""locals, frames, tracing, inspection of running code, sys functions."""
import sys, inspect, traceback, types, dis, io, contextlib, warnings, linecache, atexit, gc, os
def f(a, b=2):
    fr = sys._getframe(); c = 3
    fr.f_locals["c"] = 10
    fr.f_locals["new"] = 5
    return c, sorted(fr.f_locals), fr.f_code.co_name, fr.f_back.f_code.co_name, fr.f_lineno - fr.f_code.co_firstlineno, fr.f_locals["new"]
print(f(1))
events = []
def tracer(frame, event, arg):
    events.append((event, frame.f_code.co_name, frame.f_lineno - frame.f_code.co_firstlineno, repr(arg)[:30] if event in ("return", "exception") else None))
    return tracer
def g(n):
    t = 0
    for i in range(n):
        t += i
    try:
        t / 0
    except ZeroDivisionError:
        pass
    return h(t)
def h(x): return [y for y in range(x)]
sys.settrace(tracer); g(2); sys.settrace(None)
for e in events: print(e)
prof = []
sys.setprofile(lambda fr, ev, arg: prof.append((ev, fr.f_code.co_name if ev in ("call", "return") else arg.__name__))); len("abc"); h(2); sys.setprofile(None); print(prof)
def gen():
    x = yield 1
    print("got", x)
    yield inspect.getgeneratorlocals(G)
G = gen(); print(next(G), inspect.getgeneratorstate(G), G.send(5), G.gi_frame.f_lineno - gen.__code__.co_firstlineno)
s = io.StringIO(); dis.dis("x = 1\n", file=s); print("RETURN_VALUE" in s.getvalue())
print(sys.version_info[:2], sys.byteorder, sys.maxsize, sys.float_info.max, sys.int_info.bits_per_digit, sys.hash_info.width, sys.getrecursionlimit(), sys.intern("a") is "a" if False else 1, sys.getdefaultencoding(), sys.flags.optimize, sys.platform)
with warnings.catch_warnings(record=True) as w:
    warnings.simplefilter("always"); warnings.warn("careful", DeprecationWarning, stacklevel=1); warnings.warn_explicit("exp", UserWarning, "file.py", 3); print([(str(x.message), x.category.__name__, x.lineno) for x in w if x.filename == "file.py"], len(w))
with contextlib.redirect_stdout(io.StringIO()) as out: print("captured"); help(f) if False else None
print(repr(out.getvalue()))
def outer():
    def inner(): return [fi.function for fi in inspect.stack()[:3]]
    return inner()
r = outer(); print(r[0], r[-1])
try:
    exec(compile("def q():\n    raise ValueError('v')\nq()", "virtual.py", "exec"))
except ValueError as e:
    tb = e.__traceback__
    print([(x.name, x.lineno, x.filename) for x in traceback.extract_tb(tb)][1:], traceback.format_exception_only(e), tb.tb_next.tb_frame.f_globals is globals())
te = traceback.TracebackException.from_exception(e2) if (e2 := ValueError("x")) else None; print(list(te.format()), str(te))
try: raise e2.with_traceback(None)
except ValueError as e3: print(e3 is e2, len(traceback.extract_tb(e3.__traceback__)))
code = compile("a = [i for i in range(3)]\nb = lambda x: x\n", "c.py", "exec"); print(code.co_names, code.co_consts[:1], [c.co_name for c in code.co_consts if isinstance(c, types.CodeType)], list(code.co_lines())[:2])
print(list(inspect.signature(f).parameters.values()), inspect.currentframe().f_code.co_name, inspect.getsourcelines(h)[0], inspect.getmodule(f).__name__)
class Loader: pass
m = types.ModuleType("mymod", "doc"); exec("x = 1\ndef f(): return x, __name__", m.__dict__); sys.modules["mymod"] = m
import mymod; from mymod import f as mf; print(mymod.f(), mf.__module__, mymod, mymod.__doc__)
try: from mymod import nope
except ImportError as e: print(e)
import importlib; print(importlib.import_module("json.decoder").__name__, importlib.util.find_spec("nope_nope") if hasattr(importlib, "util") else None, __name__, __spec__, __builtins__.__name__)
print(os.environ.get("NOPE", "dflt"), os.getcwd() == os.path.abspath("."), os.path.exists("/"), os.sep, os.linesep == "\n", os.name)
