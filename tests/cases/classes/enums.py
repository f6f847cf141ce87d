# enum.
from enum import Enum, Flag, IntEnum, IntFlag, StrEnum, auto, unique


class Color(Enum):
    RED = 1
    GREEN = 2
    BLUE = 3
    CRIMSON = 1

    @property
    def pretty(self):
        return self.name.title()

    @classmethod
    def default(cls):
        return cls.GREEN


print(Color.RED, repr(Color.RED), Color(2), Color["BLUE"], Color.CRIMSON is Color.RED, Color.RED.name, Color.RED.value, list(Color), len(Color), Color.RED.pretty, Color.default(), Color.RED in Color, Color.__members__.keys())
print(Color.RED == 1, Color.RED != Color.BLUE, hash(Color.RED) == hash(Color.RED), {Color.RED: "r"}, isinstance(Color.RED, Color), type(Color), 2 in Color)
for f in (lambda: Color(9), lambda: Color["X"], lambda: setattr(Color, "RED", 5), lambda: Color.RED < Color.BLUE, lambda: Color.NOPE):
    try:
        print(f())
    except Exception as e:
        print(type(e).__name__, e)


class N(IntEnum):
    A = 1
    B = auto()
    C = 10


print(N.A + 1, N.B, N.C > N.A, sorted(N, reverse=True), N(10), f"{N.A}", str(N.B), N.A == 1, [10, 20][N.A])


class Perm(Flag):
    R = auto()
    W = auto()
    X = auto()
    RW = R | W


print(Perm.R | Perm.X, Perm.RW & Perm.W, ~Perm.R, Perm.R in Perm.RW, Perm(0), Perm(7), list(Perm.RW), bool(Perm.R & Perm.X), Perm.RW ^ Perm.R, repr(Perm.RW))


class S(StrEnum):
    HELLO = auto()
    W = "world"


print(S.HELLO, S.W.upper(), S.HELLO == "hello", f"{S.W}!", repr(S.W))


class Planet(Enum):
    EARTH = (5.97e24, 6.37e6)
    MARS = (6.4e23, 3.39e6)

    def __init__(self, mass, radius):
        self.mass = mass
        self.radius = radius


print(Planet.EARTH.mass, Planet.MARS.value, Planet((6.4e23, 3.39e6)))
try:
    @unique
    class U(Enum):
        A = 1
        B = 1
except ValueError as e:
    print(e)
Animal = Enum("Animal", "CAT DOG")
print(Animal.DOG, list(Animal), Animal.CAT.value)
try:
    class Sub(Color):
        pass
except TypeError as e:
    print(e)


class Missing(Enum):
    A = "a"

    @classmethod
    def _missing_(cls, v):
        return cls.A


print(Missing("zzz"), IntFlag("F", "X Y").X | 4)
match Color.BLUE:
    case Color.RED:
        print("r")
    case Color.BLUE:
        print("b")
