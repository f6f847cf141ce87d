# dataclasses.
from dataclasses import FrozenInstanceError, asdict, astuple, dataclass, field, fields, replace, KW_ONLY


@dataclass
class P:
    x: int
    y: int = 0
    tags: list = field(default_factory=list, repr=False, compare=False)

    def dist(self):
        return (self.x**2 + self.y**2) ** 0.5


p, q = P(3, 4), P(3, y=4, tags=[1])
print(p, p == q, p.dist(), asdict(q), astuple(p), replace(p, x=0), [f.name for f in fields(P)], P.__match_args__)


@dataclass(order=True, frozen=True)
class V:
    n: int
    s: str = "d"


print(V(1) < V(2), sorted([V(2), V(1, "z"), V(1, "a")]), hash(V(1)) == hash(V(1)), {V(1): "k"}[V(1)])
try:
    V(1).n = 5
except FrozenInstanceError as e:
    print(type(e).__name__, e)


@dataclass
class Base:
    a: int = 1


@dataclass(slots=True, kw_only=True)
class Child(Base):
    b: int
    c: float = field(init=False)

    def __post_init__(self):
        self.c = self.a / self.b


c = Child(a=4, b=2)
print(c, Child.__slots__)
for f in (lambda: P(), lambda: P(1, 2, 3, 4), lambda: Child(1, 2), lambda: V(1) < 5):
    try:
        f()
    except TypeError as e:
        print(e)


@dataclass
class K:
    a: int
    _: KW_ONLY
    b: int = 2


print(K(1, b=3))
try:
    @dataclass
    class Bad:
        x: list = []
except ValueError as e:
    print(e)
try:
    @dataclass
    class Bad2:
        x: int = 1
        y: int
except TypeError as e:
    print(e)
match p:
    case P(x=3, y=yy):
        print("matched", yy)
print(P.__doc__, P.__init__.__annotations__ if hasattr(P.__init__, "__annotations__") else None)
