import dataclasses as dc, enum, typing as t, functools as ft, itertools as it, collections as C, contextlib as cl, copy, pickle, pprint, operator as op, abc, types, inspect, weakref
@dc.dataclass(order=True, slots=True)
class P:
    x: int; y: float = 2.5; tags: list[str] = dc.field(default_factory=list, compare=False, repr=False); z: dc.KW_ONLY = None if 0 else dc.KW_ONLY
@dc.dataclass(frozen=True, kw_only=True)
class Q:
    a: int; b: t.ClassVar[int] = 3; c: dc.InitVar[int] = 0; d: int = dc.field(init=False, default=9, metadata={"m": 1})
    def __post_init__(self, c): object.__setattr__(self, "d", self.a + c)
for f in [lambda: P(1), lambda: P(1) < P(1, 3), lambda: Q(a=1, c=5), lambda: Q(1), lambda: setattr(Q(a=1), "a", 2), lambda: dc.replace(Q(a=1), a=7, c=1), lambda: dc.asdict(P(1, tags=["x"])), lambda: dc.astuple(P(4)), lambda: [f.name for f in dc.fields(Q)], lambda: hash(Q(a=1)) == hash(Q(a=1)), lambda: inspect.signature(P), lambda: P(1).w, lambda: setattr(P(1), "w", 1), lambda: dc.make_dataclass("M", [("q", int), ("r", str, "s")])(5), lambda: P.__match_args__, lambda: dc.is_dataclass(P), lambda: copy.replace(P(1), x=9), lambda: dc.dataclass(type("Bad", (), {"__annotations__": {"l": list}, "l": []}))]:
    try: print(f())
    except Exception as e: print(type(e).__name__, e)
class Color(enum.Enum):
    RED = 1; GREEN = enum.auto(); BLUE = "b"; CRIMSON = 1
    @property
    def nice(self): return self.name.title()
class Perm(enum.Flag): R = 4; W = 2; X = 1; RW = R | W
class N(enum.IntEnum): A = 1; B = 2
class S(enum.StrEnum): AA = enum.auto(); B = "bee"
print(list(Color), Color(1), Color["BLUE"], Color.CRIMSON is Color.RED, Color.RED.nice, repr(Perm.R | Perm.X), Perm(7), ~Perm.R, Perm.RW in Perm(7), list(Perm.RW), N.A < 2, N.B + 1, f"{N.A} {N.A!r} {S.AA}", S("bee"), Color.__members__.keys(), pickle.loads(pickle.dumps(Color.RED)) is Color.RED, isinstance(S.B, str), Perm(0), bool(Perm(0)), len(Color))
for f in [lambda: Color(9), lambda: Color["X"], lambda: setattr(Color, "RED", 2), lambda: Perm(64), lambda: type("E2", (Color,), {}), lambda: Color.RED < Color.GREEN, lambda: enum.unique(enum.Enum("D", {"a": 1, "b": 1})), lambda: enum.Enum("F", "x y z")(2), lambda: del_()]:
    try: print(f())
    except Exception as e: print(type(e).__name__, e)
class TD(t.TypedDict, total=False): a: t.Required[int]; b: str
class NT(t.NamedTuple): x: int; y: str = "q"
T = t.TypeVar("T", bound=int); U = t.Union[int, None]
class G(t.Generic[T]): ...
@t.runtime_checkable
class HasLen(t.Protocol):
    def __len__(self) -> int: ...
print(TD(a=1), TD.__required_keys__, NT(1), NT(1)._replace(y=2), NT._fields, U, t.Optional[str], t.get_args(dict[str, list[int]]), t.get_origin(list[int]), G[int], t.get_type_hints(P)["tags"], isinstance([], HasLen), t.Literal[1, "a"], t.Callable[[int], str], int | str, t.Annotated[int, "m"], t.cast(int, "x"), t.Any, t.TypeVarTuple("Ts"), t.ParamSpec("PP"))
def ov(a: int, *b: str, c: "float" = 1, **d: t.Any) -> list[int]: "doc"
print(inspect.signature(ov), t.get_type_hints(ov), inspect.getdoc(ov), inspect.getfullargspec(ov))
print(list(it.groupby("aabbc", str.upper))[0][0], [(k, list(g)) for k, g in it.groupby([1, 1, 2])], list(it.accumulate([1, 2, 3], op.mul, initial=10)), list(it.batched("abcde", 2)), list(it.pairwise([1, 2, 3])), list(it.zip_longest("ab", "c", fillvalue="-")), list(it.product("ab", repeat=2))[:3], list(it.permutations("abc", 2))[:3], list(it.combinations_with_replacement("ab", 2)), list(it.islice(it.count(5, 2), 1, 4)), list(it.takewhile(lambda x: x < 3, [1, 5, 1])), list(it.compress("abc", [1, 0, 1])), list(it.starmap(pow, [(2, 3)])), [list(x) for x in it.tee([1, 2])], list(it.chain.from_iterable(["a", "bc"])), list(it.filterfalse(None, [0, 1])), list(it.repeat(1, 2)))
@ft.lru_cache(maxsize=2)
def fib(n): return n if n < 2 else fib(n - 1) + fib(n - 2)
print(fib(30), fib.cache_info(), ft.reduce(op.add, [1, 2]), ft.partial(pow, 2)(5), ft.partial(int, base=2), ft.cmp_to_key(lambda a, b: b - a)(1) < ft.cmp_to_key(lambda a, b: b - a)(0), ft.partial(max, ft.Placeholder, 3)(9))
@ft.singledispatch
def sd(x): return "obj"
@sd.register
def _(x: int): return "int"
@sd.register(list)
def _(x): return "list"
print(sd(1), sd([]), sd(""), sd.dispatch(bool)(1), op.itemgetter(1, 2)("abc"), op.attrgetter("real")(3), op.methodcaller("upper")("x"))
c = C.Counter("abracadabra"); d = C.deque([1, 2, 3], maxlen=3); d.appendleft(0); d.rotate(1); cm = C.ChainMap({"a": 1}, {"a": 2, "b": 3}); od = C.OrderedDict(a=1, b=2); od.move_to_end("a"); dd = C.defaultdict(list); dd["k"].append(1)
print(c.most_common(2), c - C.Counter("aab"), +c, c.total(), d, cm, cm["b"], cm.maps, od, od.popitem(last=False), dd, C.namedtuple("Z", "a b", defaults=[5])(1), list(c.elements())[:4])
with cl.ExitStack() as s: s.callback(print, "bye"); s.enter_context(cl.suppress(KeyError)); s.push(lambda *e: print("exc", e[0])); {}["q"]
@cl.contextmanager
def cmgr():
    try: yield 5
    except ValueError as e: print("caught", e)
with cmgr() as v: raise ValueError(v)
pprint.pprint({"k" * 10: list(range(30)), "n": {"deep": [("a" * 30, "b" * 30), {"x": {1, 2}}]}, "dc": P(1)}, width=60, compact=True); pprint.pp(types.SimpleNamespace(a=1, b=[2] * 30), width=40); print(pprint.pformat("word " * 20, width=30))
