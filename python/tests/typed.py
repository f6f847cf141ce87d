"""What type checkers must make of the decorators: `mypy --strict` and pyright accept this file."""

from typing import assert_type

from taipan_tail import explain, tail_group, tail_optimize, tailrec
from taipan_tail.return_tuple import tail_optimize as by_tuple


@tail_optimize
def plain(n: int, acc: str = "") -> str:
    return plain(n - 1, acc) if n else acc


@tail_optimize(strategy="internal_loop", allow_try=True)
def configured(n: int) -> int:
    return configured(n - 1) if n else 0


@by_tuple
def old_spelling(n: int) -> int:
    return old_spelling(n - 1) if n else 0


class A:
    @tailrec
    def method(self, n: int) -> "A":
        return self.method(n - 1) if n else self

    @classmethod
    @tailrec
    def of_class(cls, n: int) -> int:
        return cls.of_class(n - 1) if n else 0

    @tailrec
    @staticmethod
    def static(n: int) -> int:
        return A.static(n - 1) if n else 0


def even(n: int) -> bool:
    return odd(n - 1) if n else True


def odd(n: int) -> bool:
    return even(n - 1) if n else False


even2, odd2 = tail_group(even, odd)

assert_type(plain(3), str)
assert_type(configured(3), int)
assert_type(old_spelling(3), int)
assert_type(A().method(3), A)
assert_type(A.of_class(3), int)
assert_type(A.static(3), int)
assert_type(even2(3), bool)
assert_type(explain(plain).calls[0].tail, bool)
