from collections.abc import Callable
from typing import Any, TypeVar, overload

_F = TypeVar("_F", bound=Callable[..., Any] | classmethod[Any, ..., Any] | staticmethod[..., Any])

@overload
def tail_optimize(function: _F, /, *, allow_try: bool = False) -> _F: ...
@overload
def tail_optimize(*, allow_try: bool = False) -> Callable[[_F], _F]: ...
