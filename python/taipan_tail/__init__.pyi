from collections.abc import Callable
from typing import Any, Literal, TypeVar, overload

from ._explain import CallReport as CallReport, Explanation as Explanation, explain as explain

__version__: str

_F = TypeVar("_F", bound=Callable[..., Any] | classmethod[Any, ..., Any] | staticmethod[..., Any])
_A = TypeVar("_A", bound=Callable[..., Any])
_B = TypeVar("_B", bound=Callable[..., Any])
_C = TypeVar("_C", bound=Callable[..., Any])
_Strategy = Literal["internal_loop", "partial_func", "return_tuple"]

class TailCallError(Exception): ...

@overload
def tail_optimize(function: _F, /, *, strategy: _Strategy = "internal_loop", allow_try: bool = False) -> _F: ...
@overload
def tail_optimize(*, strategy: _Strategy = "internal_loop", allow_try: bool = False) -> Callable[[_F], _F]: ...
@overload
def tailrec(function: _F, /, *, strategy: _Strategy = "internal_loop", allow_try: bool = False) -> _F: ...
@overload
def tailrec(*, strategy: _Strategy = "internal_loop", allow_try: bool = False) -> Callable[[_F], _F]: ...
@overload
def tail_group(a: _A, b: _B, /, *, allow_try: bool = False) -> tuple[_A, _B]: ...
@overload
def tail_group(a: _A, b: _B, c: _C, /, *, allow_try: bool = False) -> tuple[_A, _B, _C]: ...
@overload
def tail_group(*functions: _F, allow_try: bool = False) -> tuple[_F, ...]: ...
def no_tail_calls(function: _F, /) -> _F: ...
