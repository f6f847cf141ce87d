"""pytailcall's spelling: ``from taipan_tail.internal_loop import tail_optimize``."""

from ._optimize import _apply


def tail_optimize(function=None, /, *, allow_try=False):
    """As ``taipan_tail.tail_optimize`` with strategy "internal_loop"."""
    if function is None:
        return lambda function, /: _apply(function, "tail_optimize", "internal_loop", allow_try, False)
    return _apply(function, "tail_optimize", "internal_loop", allow_try, False)
