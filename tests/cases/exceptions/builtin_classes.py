# What the built-in exceptions take and show.
exs = [
    ValueError(), ValueError("a"), ValueError("a", 1), KeyError("k"), KeyError(), KeyError(1, 2), IndexError("i"), OSError(2, "No such file"), OSError(2, "msg", "file.txt"), OSError(2, "msg", "a", None, "b"), OSError("just text"), OSError(13, "p"), OSError(17, "exists"),
    StopIteration(5), StopIteration(), SystemExit(3), SystemExit("bye", 2), ImportError("msg", name="mod", path="p"), ModuleNotFoundError("no", name="x"), AttributeError("a", name="n", obj=1), NameError("n", name="nm"), SyntaxError("bad", ("f.py", 3, 5, "x = = 1\n")), SyntaxError("m"),
    UnicodeDecodeError("utf-8", b"ab\xff", 2, 3, "invalid"), UnicodeEncodeError("ascii", "aé", 1, 2, "ordinal"), UnicodeTranslateError("aé", 1, 2, "why"), UnicodeDecodeError("x", b"abc", 0, 2, "r"), MemoryError(), RecursionError("r"), KeyboardInterrupt(), GeneratorExit(), AssertionError("x"), NotImplementedError(), ArithmeticError(1), BlockingIOError(11, "b", 5), TimeoutError(), Warning("w"), BaseException("b"), ExceptionGroup("g", [ValueError(1)]),
]
for e in exs:
    print(type(e).__name__, "|", str(e), "|", repr(e), "|", e.args)
o = OSError(2, "msg", "file.txt")
print(o.errno, o.strerror, o.filename, o.filename2, type(o), StopIteration(5).value, SystemExit(3).code, SystemExit("bye", 2).code)
i = ImportError("m", name="n", path="p")
print(i.name, i.path, i.msg, AttributeError("a", name="n", obj=7).obj)
s = exs[21]
print(s.msg, s.filename, s.lineno, s.offset, repr(s.text), s.end_lineno, s.print_file_and_line)
u = exs[23]
print(u.encoding, u.object, u.start, u.end, u.reason)
for f in (lambda: ValueError(a=1), lambda: UnicodeDecodeError(1), lambda: ImportError(bad=1), lambda: ExceptionGroup("m"), lambda: ExceptionGroup("m", []), lambda: ExceptionGroup("m", [1]), lambda: SyntaxError("a", (1, 2)), lambda: ExceptionGroup("m", [KeyboardInterrupt()])):
    try:
        f()
    except Exception as e:
        print(type(e).__name__, e)


class My(Exception):
    def __init__(self, code, *rest):
        super().__init__(f"code {code}", *rest)
        self.code = code


class Deep(My, ValueError):
    def __str__(self):
        return "deep " + str(self.code)


m = My(5, "x")
print(m, repr(m), m.code, m.args, isinstance(Deep(1), ValueError), Deep(7), repr(Deep(7)))
e = ValueError("n")
e.add_note("note 1")
e.add_note("note 2")
print(e.__notes__, e.with_traceback(None) is e, e.__traceback__)
try:
    e.add_note(5)
except TypeError as x:
    print(x)
import pickle, copy

for e in (ValueError(1, 2), OSError(2, "m", "f"), KeyError("k"), StopIteration(3), ImportError("m", name="n"), My):
    if isinstance(e, BaseException):
        p = pickle.loads(pickle.dumps(e))
        print(type(p), p.args, getattr(p, "filename", None), getattr(p, "name", None), repr(copy.copy(e)))
print([c.__name__ for c in FileNotFoundError.__mro__], issubclass(KeyError, LookupError), IOError is OSError, issubclass(BrokenPipeError, ConnectionError))
try:
    type("Conflict", (OSError, ImportError), {})
except TypeError as x:
    print(x)
