"""pytailcall's spelling: ``from taipan_tail.partial_func import tail_optimize``."""

from ._optimize import _apply


def tail_optimize(function=None, /, *, allow_try=False):
    """As ``taipan_tail.tail_optimize`` with strategy "partial_func"."""
    if function is None:
        return lambda function, /: _apply(function, "tail_optimize", "partial_func", allow_try, False)
    return _apply(function, "tail_optimize", "partial_func", allow_try, False)
