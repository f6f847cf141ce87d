from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

@dataclass(frozen=True)
class CallReport:
    line: int | None
    column: int | None
    callee: str
    own: bool
    tail: bool
    rewritten: bool
    reason: str | None
    reason_id: str | None

@dataclass(frozen=True)
class Explanation:
    function: str
    calls: tuple[CallReport, ...]
    decorated: bool
    trouble: str | None
    def __iter__(self) -> Iterator[CallReport]: ...

def explain(function: Any, /) -> Explanation: ...
def explain_file(path: str, everything: bool = False) -> int: ...
