"""What runs this: the native rewriter for a stock CPython that is known, Taipan, or neither."""

import sys
import warnings

KNOWN_MINORS = range(11, 16)

on_taipan = sys.implementation.name == "taipan"
native = None
tables = None
#: Why nothing can be rewritten here; None if it can.
trouble = None


def _free_threaded():
    enabled = getattr(sys, "_is_gil_enabled", None)
    if enabled is not None and not enabled():
        return True
    return "t" in getattr(sys, "abiflags", "")


def _read_tables():
    import opcode

    cached = opcode._inline_cache_entries
    if hasattr(cached, "get"):
        size = lambda name, number: cached.get(name, 0)  # noqa: E731
    else:
        size = lambda name, number: cached[number]  # noqa: E731
    listed = [(name, number, size(name, number)) for name, number in opcode.opmap.items() if number < 256]
    return native.Tables(sys.version_info[1], listed)


def _start():
    global native, tables
    if on_taipan:
        try:
            import _taipan_tail as native
        except ImportError:
            native = None
        return None
    name, version = sys.implementation.name, sys.version_info
    if name != "cpython":
        return f"{name} is not CPython"
    if version[0] != 3 or version[1] not in KNOWN_MINORS:
        return f"the bytecode of CPython {version[0]}.{version[1]} is not known"
    if _free_threaded():
        return "free-threaded builds are not supported"
    try:
        from . import _native as native
    except ImportError as error:
        return f"the native part cannot be loaded ({error})"
    try:
        tables = _read_tables()
    except (ValueError, AttributeError, TypeError) as error:
        return str(error)
    return None


trouble = _start()
_warned = False


def warn_once():
    """Tell once that functions stay as they are."""
    global _warned
    if not _warned:
        _warned = True
        warnings.warn(f"taipan_tail leaves functions unchanged: {trouble}", RuntimeWarning, stacklevel=4)
