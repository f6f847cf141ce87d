# Type parameters, generics, type aliases, annotations.
from typing import Generic, Optional, TypeVar, Union, get_args, get_origin, get_type_hints, NamedTuple, TypedDict, Protocol, runtime_checkable, Literal, Annotated

T = TypeVar("T")


class Box(Generic[T]):
    def __init__(self, v: T):
        self.v = v


class Stack[E]:
    def __init__(self) -> None:
        self.items: list[E] = []

    def push(self, e: E) -> None:
        self.items.append(e)


def first[A, *Bs, **P](xs: list[A]) -> A:
    return xs[0]


type Pair[X] = tuple[X, X]
type Alias = int | str
print(Box[int], Box[int](5).v, Stack[str], Stack.__type_params__, first.__type_params__, Pair, Pair[int], Alias.__value__, Pair.__value__)
s = Stack[int]()
s.push(1)
print(s.items, s.__orig_class__, first([9]))
print(list[int], dict[str, list[int]], int | None, Optional[int], Union[int, str], get_origin(list[int]), get_args(dict[str, int]), list[int] == list[int], isinstance(5, int | str), tuple[int, ...], Literal["a", 1])


class Emp(NamedTuple):
    name: str
    id: int = 3


class Movie(TypedDict, total=False):
    title: str
    year: int


print(Emp("x"), Emp("x")._fields, Movie(title="t"), Movie.__annotations__, Movie.__optional_keys__ == {"title", "year"})


@runtime_checkable
class HasLen(Protocol):
    def __len__(self) -> int: ...


print(isinstance([], HasLen), isinstance(5, HasLen))


def f(a: int, b: "Undefined", *c: str, d: list[int] = []) -> Annotated[int, "meta"]:
    pass


import annotationlib

print(annotationlib.get_annotations(f, format=annotationlib.Format.STRING))
try:
    f.__annotations__
except NameError as e:
    print(e)


class Ann:
    x: int = 5
    y: "str"
    z: list["Ann"]


print(Ann.__annotations__, get_type_hints(Ann))
print(T, TypeVar("U", bound=int).__bound__, TypeVar("W", int, str).__constraints__)
class Node[T: (int, str) = int]:
    pass
print(Node.__type_params__[0].__constraints__, Node.__type_params__[0].__default__, Node.__mro__)
