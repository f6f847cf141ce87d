import struct, array, mmap, copy, pickle, copyreg, weakref, types, abc, enum, dataclasses, typing, collections, itertools, functools, operator, contextlib, heapq, bisect, graphlib, sched, contextvars, io, numbers, cmath, math, ipaddress, sys, gc
from typing import *
import re as regex
def t(f, *a, **k):
    try: print("->", regex.sub("0x[0-9a-f]+", "0x", repr(f(*a, **k))))
    except BaseException as e: print(type(e).__name__, regex.sub("at 0x[0-9a-f]+", "at 0x", str(e)))
for f, a in (("<h", (70000,)), ("b", (200,)), ("B", (-1,)), ("i", ("x",)), ("i", (1.5,)), ("c", ("a",)), ("c", (b"ab",)), ("5s", ("x",)), ("5s", (b"abcdefg",)), ("2i", (1,)), ("z", (1,)), ("<n", (1,)), ("?", ([],)), ("f", ("x",)), ("f", (1e100,)), ("e", (1e6,)), ("p", (b"abc",)), ("3x", ()), ("@bhilq", (1, 2, 3, 4, 5)), ("99999999999999999999i", ()), ("1", ()), ("Q", (2**64,)), ("q", (2**63,)), ("P", (-1,)), (b"<i", (1,)), ("é", ()), ("F", (1j,)), ("D", (1j,))): t(struct.pack, f, *a)
t(struct.unpack, "i", b"abc"); t(struct.unpack_from, "i", b"abcd", 1); t(struct.unpack_from, "i", b"abcd", -9); t(struct.pack_into, "i", bytearray(2), 0, 1); t(struct.pack_into, "i", b"abcd", 0, 1); t(struct.calcsize, "bi"); t(list, struct.iter_unpack("h", b"abcdef")); t(struct.iter_unpack, "h", b"abc"); t(struct.iter_unpack, "", b""); s = struct.Struct("<2h"); print(s, s.format, s.size); t(s.unpack, 5); t(struct.Struct, 5); t(struct.unpack, "i"); t(s.pack, 1)
a = array.array("i", [1, 2, 3]); print(a, a.itemsize, a.typecode, a.tobytes(), a[1:], a + a, a * 2, a.buffer_info()[1], array.array("u", "hé"), array.array("d", [1.5]), array.array("w", "x"), array.typecodes, array.array("b"), a == array.array("d", [1, 2, 3]), a.index(2), memoryview(a)[1]); t(a.append, "x"); t(a.append, 2**40); t(array.array, "z"); t(array.array, "i", "ab"); t(array.array, "i", [1.5]); t(a.remove, 9); t(lambda: a[9]); t(a.frombytes, b"abc"); t(array.array); t(array.array, "ii"); t(a.pop, 9); t(lambda: a + [1]); t(a.extend, array.array("d")); t(a.fromlist, (1,)); t(a.index, 5); t(hash, a); t(array.array("B", [300].__iter__) if 0 else array.array, "B", [300]); t(a.__setitem__, 0, None); t(a.fromfile, io.BytesIO(b"x"), 1); t(a.byteswap)
m = mmap.mmap(-1, 10); m[:3] = b"abc"; print(len(m), m[:4], m.find(b"c"), m.read(2), m.tell(), m); t(m.seek, 99); t(lambda: m[99]); t(m.write, b"x" * 99); t(m.resize, 5); m.close(); t(lambda: m[0]); t(mmap.mmap, -1, -1); t(mmap.mmap, -1, 0); t(mmap.mmap, 99, 1); print(m)
class A: x = [1]
class P:
    def __init__(self, v): self.v = v
    def __reduce__(self): return (P, (self.v,))
    def __eq__(self, o): return self.v == o.v
class S: __slots__ = ("a", "__weakref__")
for o in (A(), P(3), lambda: 1, open, sys.stdout, (i for i in []), S(), type("L", (), {})(), sys, [1].__iter__(), weakref.ref(A), memoryview(b"x"), {}.keys(), collections.deque([1]), range(3), slice(1), ..., NotImplemented, len, str.upper, [].append, types.MappingProxyType({}), 1j, frozenset([1]), enum.Enum, print, property(), iter({}), zip([1], [2]), map(str, []), object(), Exception("a", 1), functools.partial(int, "5"), types.SimpleNamespace(a=1), sys._getframe(), compile("1", "a", "eval"), super, staticmethod(len), bytearray(b"a"), __builtins__, typing.List[int], list[int], int | str, __import__("re").compile("a"), A, Ellipsis.__class__, contextvars.ContextVar("q"), operator.itemgetter(1), operator.attrgetter("a.b"), itertools.count(3), struct.Struct("i"), io.StringIO("a"), io.BytesIO(b"x"), __import__("threading").Lock(), __import__("random").Random(1).__class__, __import__("datetime").timezone.utc, __import__("decimal").Decimal("1.5"), __import__("fractions").Fraction(1, 3)):
    for proto in (2, 5):
        try: r = pickle.loads(pickle.dumps(o, proto)); x = type(r).__name__
        except BaseException as e: x = f"{type(e).__name__} {e}"
        import re; print(type(o).__name__, proto, re.sub("0x[0-9a-f]+", "0x", x))
    try: c = copy.copy(o); d = copy.deepcopy(o); print("  copy", c is o, type(d).__name__)
    except BaseException as e: print("  copy", type(e).__name__, re.sub("0x[0-9a-f]+", "0x", str(e)))
for bad in (b"", b"x", b"\x80\x09.", b"\x80\x04.", b"(lp0", b"cnomod\nx\n.", b"cos\nnope\n.", b"\x80\x04\x95\xff", b"I1x\n.", b"0.", b"}b.", b"\x8c\x05ab", b"R.", b"g5\n.", b"\x93.", b"K", b"]K\x01e.", b"t.", b"X\xff\xff\xff\xff."): t(pickle.loads, bad)
t(pickle.dumps, 1, 9); t(pickle.loads, 5); t(pickle.load, 5); t(pickle.dump, 1, 5); t(pickle.Pickler, 5)
class Color(enum.Enum): RED = 1; GREEN = 2; CRIMSON = 1
class Fl(enum.Flag): A = enum.auto(); B = enum.auto(); AB = A | B
class St(enum.StrEnum): X = enum.auto()
print(Color.RED, repr(Color.RED), list(Color), Color.CRIMSON, Color["RED"], Color(2), Color.__members__, Fl.A | Fl.B, Fl(0), repr(Fl.AB), ~Fl.A, Fl.A in Fl.AB, list(Fl.AB), St.X, Color, Color.RED.name, isinstance(Color.RED, Color), enum.IntFlag("P", "R W").R | 8, f"{St.X:>4}"); t(Color, 9); t(lambda: Color["X"]); t(lambda: Color.NOPE); t(setattr, Color, "RED", 3); t(lambda: Color.RED < Color.GREEN); t(lambda: type("Sub", (Color,), {})); t(lambda: enum.unique(Color)); t(Fl, 99); t(lambda: Color.RED.RED); t(lambda: Color()); t(lambda: 1 in Color); t(enum.Enum, "E", "a a"); t(lambda: Color.RED + 1); t(delattr, Color, "RED"); print(enum.Enum("Dyn", {"a": 1}).a, dir(Color), enum.verify, enum.IntEnum("I", "a b")(1) == 1)
@dataclasses.dataclass(order=True, frozen=True)
class DC: x: int; y: str = "d"; z: list = dataclasses.field(default_factory=list, compare=False, repr=False, kw_only=True)
d = DC(1); print(d, d == DC(1), d < DC(2), dataclasses.asdict(d), dataclasses.replace(d, x=5), dataclasses.fields(d)[0].name, hash(DC(1)) == hash(DC(1)), dataclasses.astuple(d), DC.__match_args__, repr(dataclasses.fields(DC)[1])[:60]); t(setattr, d, "x", 2); t(DC); t(DC, 1, "a", []); t(lambda: d < 5); t(delattr, d, "x"); t(dataclasses.replace, d, q=1); t(dataclasses.asdict, 5); t(lambda: dataclasses.make_dataclass("M", ["a", ("b", int, 3)])(1)); t(lambda: dataclasses.dataclass(type("B", (), {"__annotations__": {"a": list}, "a": []}))); t(lambda: dataclasses.make_dataclass("M", [("a", int, 1), "b"])); t(lambda: dataclasses.make_dataclass("M", ["class"])); t(lambda: dataclasses.dataclass(slots=True)(DC) and 0); t(dataclasses.field, default=1, default_factory=list); import inspect; print(inspect.signature(DC), DC.__doc__)
for e in ("List[int]", "Dict[str, Any]", "Optional[int]", "Union[int, str, None]", "Callable[[int], str]", "Tuple[int, ...]", "Literal['a', 1]", "int | None", "list[int][str]", "TypeVar('T', bound=int)", "Generic[int]", "Annotated[int, 5]", "ClassVar[int]", "Final", "NewType('N', int)", "NamedTuple('NT', [('a', int)])(1)", "TypedDict('TD', {'a': int})", "get_type_hints(DC)", "get_origin(List[int])", "get_args(Dict[str, int])", "cast(int, 'x')", "Protocol", "List['fwd']", "Optional", "Optional[1, 2]", "Union[()]", "Callable[int, str]", "Literal[[]]", "Type[int]()", "Any()", "List[int]()", "isinstance([], List[int])", "isinstance([], list[int])", "dict[str]", "TypeVar('T', int)", "ParamSpec('P').args", "Unpack[Tuple[int]]", "TypeVarTuple('Ts')", "Self", "Never", "LiteralString", "assert_never(3)", "reveal_type(3)", "runtime_checkable(int)", "Concatenate[int, ...]", "Required[int]", "TypedDict('TD', {'a': int})(a=1)", "overload(len)", "get_overloads(len)", "no_type_check(len)", "ForwardRef('x')", "type(int | str)", "Union[int, str] == int | str", "hash(List[int]) == hash(List[int])", "TypeAliasType('X', int)", "Iterable[T]" , "Deque[int]", "is_typeddict(dict)", "int | 5", "NamedTuple", "TypeVar", "Text", "IO[str]", "Pattern[str]"):
    t(eval, e)
X = typing.NewType("X", int); type Al[T] = list[T]; print(X(5), X, Al, Al[int], Al.__value__, Al.__type_params__)
def gen[T: int, *Ts, **P](a: T, *b: *Ts) -> list[T]: ...
print(gen.__type_params__, gen.__annotations__, inspect.signature(gen))
@typing.runtime_checkable
class Pr(typing.Protocol):
    def m(self): ...
print(isinstance(5, Pr), issubclass(int, Pr)); t(Pr)
class NT(typing.NamedTuple): a: int; b: str = "x"
n = NT(1); print(n, n._asdict(), NT._fields, n._replace(a=5), NT._field_defaults, NT.__doc__, NT.a); t(NT); t(n._replace, z=1); t(NT._make, [1]); t(collections.namedtuple, "a", "b b"); t(collections.namedtuple, "a", "_x"); t(collections.namedtuple, "a b", "x"); t(collections.namedtuple, "a", "def"); print(collections.namedtuple("R", "a b a", rename=True)._fields)
class Ab(abc.ABC):
    @abc.abstractmethod
    def f(self): ...
    @property
    @abc.abstractmethod
    def g(self): ...
t(Ab); Ab.register(int); print(issubclass(int, Ab), Ab.__abstractmethods__ == {"f", "g"}); t(Ab.register, 5); t(isinstance, 5, 5); t(issubclass, 5, int); t(issubclass, int, (5,))
