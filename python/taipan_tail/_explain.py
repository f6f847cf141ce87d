"""What became of each call of a function, and why."""

from __future__ import annotations

import dataclasses
import types
from typing import Any


@dataclasses.dataclass(frozen=True)
class CallReport:
    """One call in the code of a function."""

    line: int | None
    column: int | None
    #: What is called, as far as the code shows.
    callee: str
    #: Whether it is called by the function's own name.
    own: bool
    #: Whether it is in tail position.
    tail: bool
    #: Whether it was rewritten (for a function not decorated yet: would be).
    rewritten: bool
    #: Why it is no tail call, or was not rewritten.
    reason: str | None
    #: A short name of the reason.
    reason_id: str | None

    def __str__(self) -> str:
        place = "line ?" if self.line is None else f"line {self.line}"
        if self.rewritten:
            fate = "tail call, rewritten"
        elif self.tail:
            fate = f"tail call, not rewritten: {self.reason}" if self.own else "tail call of another function, left alone"
        else:
            fate = f"not a tail call: {self.reason}"
        return f"{place}: {self.callee}(): {fate}"


@dataclasses.dataclass(frozen=True)
class Explanation:
    """All calls of a function."""

    function: str
    calls: tuple[CallReport, ...]
    #: Whether the function was decorated; else this tells what would be done.
    decorated: bool
    #: Why nothing could be done at all.
    trouble: str | None

    def __str__(self) -> str:
        state = "decorated" if self.decorated else "not decorated"
        lines = [f"{self.function} ({state})"]
        if self.trouble is not None:
            lines.append(f"  refused: {self.trouble}")
        elif not self.calls:
            lines.append("  no calls")
        lines += [f"  {call}" for call in self.calls]
        return "\n".join(lines)

    def __iter__(self):
        return iter(self.calls)


def _calls(reports: list[dict[str, Any]]) -> tuple[CallReport, ...]:
    calls = [
        CallReport(
            line=r["line"],
            column=r["col"],
            callee=r["callee"],
            own=r["own"],
            tail=r["tail"],
            rewritten=r["rewritten"],
            reason=r["reason"] if not r["tail"] or r["own"] else None,
            reason_id=r["reason_id"],
        )
        for r in reports
    ]
    return tuple(sorted(calls, key=lambda c: (c.line or 0, c.column or 0)))


def explain(function: Any, /) -> Explanation:
    """Tell of each call of a function whether it is a tail call, and what was done with it."""
    from . import _optimize, _platform

    if isinstance(function, types.MethodType):
        function = function.__func__
    function = _optimize._unwrap(function, "explain")
    name = function.__qualname__
    record = _optimize.record_of(function)
    if record is not None:
        return Explanation(name, _calls(record.reports), True, record.trouble)
    if _platform.on_taipan and _platform.native is not None:
        return Explanation(name, _calls(_platform.native.explain(function)), False, None)
    if _platform.trouble is not None or _platform.native is None:
        return Explanation(name, (), False, _platform.trouble or "nothing is known of it here")
    target = (_optimize._guard(function), _optimize.names_of(function))
    reports, _, trouble = _optimize.analyse(function, [target])
    return Explanation(name, _calls(reports), False, trouble)


def _functions(code: types.CodeType):
    for const in code.co_consts:
        if isinstance(const, types.CodeType):
            if const.co_flags & 0x2:
                yield const
            yield from _functions(const)


def explain_file(path: str, everything: bool = False) -> int:
    """Print what can be said of the functions in a file, without running it."""
    import sys

    from . import _optimize, _platform

    if _platform.trouble is not None:
        print(_platform.trouble, file=sys.stderr)
        return 1
    try:
        with open(path, "rb") as file:
            module = compile(file.read(), path, "exec")
    except (OSError, SyntaxError, ValueError) as error:
        print(f"{path}: {error}", file=sys.stderr)
        return 1
    for code in _functions(module):
        # Defaults are not known before the program runs: at most as many as there are parameters.
        defaults = (None,) * code.co_argcount
        closure = tuple(types.CellType() for _ in code.co_freevars)
        function = types.FunctionType(code, {}, code.co_name, defaults, closure)
        if _platform.on_taipan:
            reports, trouble = _platform.native.explain(function), None
        else:
            reports, _, trouble = _optimize.analyse(function, [("const", [code.co_name])])
        calls = _calls(reports)
        if not everything:
            calls = tuple(c for c in calls if c.own)
        if calls or trouble or everything:
            name = getattr(code, "co_qualname", code.co_name)
            print(Explanation(f"{path}:{code.co_firstlineno}: {name}", calls, False, trouble))
    return 0
