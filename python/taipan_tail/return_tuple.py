"""pytailcall's spelling: ``from taipan_tail.return_tuple import tail_optimize``."""

from ._optimize import _apply


def tail_optimize(function=None, /, *, allow_try=False):
    """As ``taipan_tail.tail_optimize`` with strategy "return_tuple"."""
    if function is None:
        return lambda function, /: _apply(function, "tail_optimize", "return_tuple", allow_try, False)
    return _apply(function, "tail_optimize", "return_tuple", allow_try, False)
