"""dataclasses, typing, copy, json, struct, collections, heapq, bisect, itertools."""
import bisect, copy, dataclasses, heapq, itertools, json, operator, struct, typing, types, weakref, gc
from collections import defaultdict, deque, Counter, OrderedDict, UserDict, UserList, namedtuple
from dataclasses import dataclass, field, replace, asdict, astuple, fields, KW_ONLY, InitVar
from typing import Generic, TypeVar, Protocol, runtime_checkable, get_type_hints, Annotated, Literal, Optional, ClassVar


@dataclass(order=True)
class Item:
    sort_index: float = field(init=False, repr=False)
    name: str
    price: float = 0.0
    tags: list[str] = field(default_factory=list, compare=False)
    _: KW_ONLY
    qty: int = 1
    scale: InitVar[float] = 1
    count: ClassVar[int] = 0

    def __post_init__(self, scale):
        self.sort_index = self.price * scale
        type(self).count += 1


a, b = Item("a", 3, ["x"], qty=2), Item("b", 2, scale=5)
print(a, b, a < b, sorted([b, a])[0].name, Item.count, asdict(a), astuple(b))
print(replace(a, name="z", scale=2), [f.name for f in fields(Item)], a == Item("a", 3), Item.__match_args__)
try:
    Item()
except TypeError as e:
    print(e)
try:
    Item("a", 1, [], 5)
except TypeError as e:
    print(e)


@dataclass(frozen=True, slots=True)
class P:
    x: int
    y: int = 0
    def __add__(self, o): return P(self.x + o.x, self.y + o.y)


p = P(1, 2)
for f in (lambda: setattr(p, "x", 5), lambda: setattr(p, "z", 5), lambda: p.__dict__):
    try:
        f()
    except Exception as e:
        print(type(e).__name__, e)
print(hash(p) == hash(P(1, 2)), {p: 1}[P(1, 2)], p + p, P.__slots__, copy.copy(p) is p, copy.replace(p, y=9))
try:
    @dataclass
    class Bad:
        x: list = []
except ValueError as e:
    print(e)

T = TypeVar("T")


class Stack(Generic[T]):
    def __init__(self) -> None: self.items: list[T] = []
    def push(self, x: T) -> "Stack[T]":
        self.items.append(x)
        return self


class Box[K, V = int]:
    def get[Q: (int, str)](self, q: Q) -> Q: return q


type Pair[A] = tuple[A, A]
print(Stack[int], Stack[int]().push(3).items, Box.__type_params__, Box[str, int], Pair, Pair[int], Pair.__value__, Box.get.__type_params__[0].__constraints__, Stack.__orig_bases__)


@runtime_checkable
class Sized2(Protocol):
    def __len__(self) -> int: ...
print(isinstance([], Sized2), isinstance(3, Sized2))


def f(a: int, b: Optional[str] = None, *c: Annotated[int, "meta"], d: Literal["x", 1]) -> dict[str, list[int]]: ...
print(get_type_hints(f), get_type_hints(f, include_extras=True)["c"], f.__annotations__["b"], int | None, Optional[int] == int | None, typing.get_args(dict[str, int]), typing.get_origin(list[int]))

d = {"b": [1, 2.5, None, True, "é\n\u2028", {"k": []}], "a": (1, 2), 3: float("inf")}
print(json.dumps(d), json.dumps(d, indent=2, sort_keys=False, ensure_ascii=False)[:60], json.dumps([1, [2]], separators=(",", ":")), json.loads('{"x": [1, 2e3, "\\u00e9", null, true]}'))
for bad in ['{"a": }', "[1, 2", '{"a" 1}', "nul", '"\x01"', "[1,]", ""]:
    try:
        json.loads(bad)
    except json.JSONDecodeError as e:
        print(e, e.lineno, e.colno, e.pos)
try:
    json.dumps({1, 2})
except TypeError as e:
    print(e)
print(json.dumps(p, default=lambda o: [o.x, o.y]), json.loads("[1.5]", parse_float=str), json.loads('{"a":1}', object_pairs_hook=list))
print(struct.pack("<ihb?fd3s", 1, -2, 3, True, .5, 1e10, b"ab"), struct.unpack(">HI", b"\0\1\0\0\0\2"), struct.calcsize("@iqb"), struct.Struct("!2h").unpack_from(b"xx\0\1\0\2", 2))
x = [1, [2, 3], {"k": (4, [5])}]
x.append(x)
y = copy.deepcopy(x)
y[1].append(9); y[2]["k"][1][0] = 7
print(x[:3], y[:3], y[3] is y, repr(x))
dd = defaultdict(lambda: defaultdict(int)); dd["a"]["b"] += 2
print(dd == {"a": {"b": 2}}, json.dumps(dd), deque([1, 2, 3], maxlen=2), Counter("abracadabra") - Counter("aab"), +Counter(a=-1, b=2), Counter("ab") & Counter("b"), Counter(a=3).total(), list(Counter(a=2, b=1).elements()))
dq = deque(range(6)); dq.rotate(2); dq.extendleft("xy"); dq.remove(3); print(dq, dq[2], dq.index(4), dq.count(0), list(reversed(dq)))
od = OrderedDict.fromkeys("cab"); od.move_to_end("c"); print(od, list(reversed(od)), od.popitem(last=False))


class LowerDict(UserDict):
    def __setitem__(self, k, v): super().__setitem__(k.lower(), v)
print(LowerDict(A=1, B=2) | {"C": 3}, type(UserList([1]) + [2]).__name__)
h = [5, 3, 8, 1]; heapq.heapify(h); print(h, heapq.heappushpop(h, 0), heapq.heapreplace(h, 9), heapq.nsmallest(2, h), heapq.nlargest(2, "hello", key=ord), list(heapq.merge([1, 4], [2, 3], reverse=False)))
xs = [1, 3, 3, 5]; print(bisect.bisect(xs, 3), bisect.bisect_left(xs, 3), bisect.insort(xs, 4), xs, bisect.bisect(["a", "bb"], 1, key=len))
print(list(itertools.product("ab", repeat=2))[:3], list(itertools.compress("abcd", [1, 0, 1])), list(itertools.dropwhile(str.isalpha, "ab1c")), list(itertools.islice(itertools.cycle("ab"), 5)), list(itertools.pairwise("abc")), [list(g) for g in itertools.tee([1, 2], 2)], list(itertools.combinations_with_replacement("ab", 2)), list(itertools.filterfalse(bool, [0, 1, ""])), list(itertools.repeat(1, 2)))
print(operator.itemgetter(1, 0)("ab"), operator.attrgetter("x", "y")(p), operator.methodcaller("split", "-")("a-b"), sorted([("b", 1), ("a", 2)], key=operator.itemgetter(1), reverse=True))


class Node:
    def __init__(self, n): self.n = n
    def __del__(self): print("del", self.n)


n = Node(1); r = weakref.ref(n, lambda r: print("dead", r() is None)); wd = weakref.WeakValueDictionary(k=n); fin = weakref.finalize(n, print, "finalized")
print(r() is n, len(wd), fin.alive); del n; print(len(wd), fin.alive)
a = Node("cycle"); a.me = a; del a; print(gc.collect() > 0)
ns = types.SimpleNamespace(a=1, b="x"); ns.c = ns.a + 1; print(ns, ns == types.SimpleNamespace(a=1, b="x", c=2), types.MappingProxyType({"a": 1}))
print({**{"a": 1}, "b": 2} | {"c": 3}, [*range(3), *"ab"], dict(zip("ab", [1, 2])), dict([("x", 1)], y=2), {1, 2} ^ {2, 3}, {1} <= {1, 2}, frozenset("ab") == set("ba"), list({3: 1, 1: 2}.items()), {"a": 1}.items() & {("a", 1), ("b", 2)}, list(reversed({"x": 1, "y": 2})))
print([1, 2, 3].__contains__(2), sorted("bca", reverse=True), [3, 1, 2].sort(), (1, 2) < (1, 2, 0), [1, 2] == (1, 2), max("abc", key=lambda c: -ord(c)), min([], default=7), sum([[1], [2]], []), list(zip("ab", range(9))), list(map(pow, [2, 3], [3, 2])), any([]), all([]), list(enumerate("ab", 1)), divmod(-7, 2), round(1234.567, -2), round(0.5), round(1.5), abs(-3j + 4), pow(2, -1), int("-0x1f", 16), float("1e3"), complex("1+2j"), bool([]), chr(8364), ord("€"), hex(-255), oct(8), bin(5), ascii("é"), repr("'"), slice(1, None, 2).indices(5), hash(1.0) == hash(1), 1 == True, id(None) == id(None))
