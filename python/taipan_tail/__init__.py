"""Tail calls into loops, on stock CPython 3.11 to 3.15.

    >>> @tail_optimize
    ... def gcd(a, b):
    ...     return gcd(b, a % b) if b else a
    >>> gcd(123, 543)
    3

``tail_optimize`` rewrites what it can and leaves the rest as it was; ``tailrec`` insists on every
self call; ``tail_group`` does mutual recursion; ``explain`` tells of each call what became of it.
On Taipan, where every tail call is one, ``no_tail_calls`` exempts a function.
"""

from ._explain import CallReport, Explanation, explain
from ._optimize import TailCallError, no_tail_calls, tail_group, tail_optimize, tailrec

__all__ = [
    "CallReport", "Explanation", "TailCallError", "explain", "no_tail_calls", "tail_group", "tail_optimize", "tailrec",
]
__version__ = "0.1.0"
