"""The profiler behind cProfile, on sys.setprofile."""

import sys
from collections import namedtuple
from time import perf_counter

profiler_entry = namedtuple("profiler_entry", "code callcount reccallcount totaltime inlinetime calls")
profiler_subentry = namedtuple("profiler_subentry", "code callcount reccallcount totaltime inlinetime")
profiler_entry.__module__ = profiler_subentry.__module__ = "_lsprof"

# The profiler at work, if any.
_active = None


_Unraisable = namedtuple("_Unraisable", "exc_type exc_value exc_traceback err_msg object")


class _Count:
    """What is known of one function, or of one function as called by another."""

    __slots__ = ("code", "calls", "recursive", "total", "inline", "level", "sub")

    def __init__(self, code):
        self.code = code
        self.calls = self.recursive = self.level = 0
        self.total = self.inline = 0.0
        self.sub = None

    def stop(self, total, inline):
        self.level -= 1
        if self.level:
            self.recursive += 1
        else:
            self.total += total
        self.inline += inline
        self.calls += 1


def _shown(function):
    """How the statistics call a function that is not written in Python."""
    owner = getattr(function, "__self__", None)
    name = getattr(function, "__name__", None)
    if name is None:
        return repr(function)
    if owner is None or isinstance(owner, type(sys)):
        module = getattr(function, "__module__", None) or getattr(owner, "__name__", None)
        if not isinstance(module, str):
            return f"<{name}>"
        return f"<built-in method {module}.{name}>"
    for base in type(owner).__mro__:
        method = base.__dict__.get(name)
        if method is not None and hasattr(method, "__objclass__"):
            return repr(method)
    return f"<built-in method {name}>"


class Profiler:
    """Profiler(timer=None, timeunit=None, subcalls=True, builtins=True)

    Builds a profiler object using the specified timer function.
    The default timer is a fast built-in one based on real time.
    For custom timer functions returning integers, 'timeunit' can
    be a float specifying a scale (that is, how long each integer unit
    is, in seconds).
    """

    _timing = False
    _stack = ()

    def __init__(self, timer=None, timeunit=0.0, subcalls=True, builtins=True):
        self._timer = perf_counter if timer is None else timer
        self._unit = timeunit if timer is not None and timeunit else 1
        self._subcalls = subcalls
        self._builtins = builtins
        self._counts = {}
        # Of each call under way: its frame (None for one that is not Python), start, time in what it called,
        # its count, its count as called from where it was.
        self._stack = []

    def enable(self, subcalls=True, builtins=True):
        """Start collecting profiling information.

        If 'subcalls' is True, also records for each function
        statistics separated according to its current caller.
        If 'builtins' is True, records the time spent in
        built-in functions separately from their caller.
        """
        global _active
        if _active is not None and _active is not self or sys.getprofile() is not None and _active is None:
            raise ValueError("Another profiling tool is already active")
        _active = self
        self._subcalls = subcalls
        self._builtins = builtins
        sys.setprofile(self._event)

    def disable(self):
        """Stop collecting profiling information."""
        global _active
        if self._timing:
            raise RuntimeError("cannot disable profiler in external timer")
        if _active is self:
            sys.setprofile(None)
            _active = None
        while self._stack:
            self._leave()

    def __del__(self):
        self.disable()

    def clear(self):
        """Clear all profiling information collected so far."""
        if self._timing:
            raise RuntimeError("cannot clear profiler in external timer")
        self._counts.clear()
        self._stack.clear()

    def getstats(self):
        """A list of profiler_entry objects, one for each function that was called."""
        unit = self._unit
        found = []
        for c in self._counts.values():
            if c.calls:
                calls = [profiler_subentry(s.code, s.calls, s.recursive, s.total * unit, s.inline * unit)
                         for s in (c.sub or {}).values() if s.calls]
                found.append(profiler_entry(c.code, c.calls, c.recursive, c.total * unit, c.inline * unit, calls or None))
        return found

    def _now(self):
        self._timing = True
        try:
            return self._timer() + 0
        except Exception as e:
            # A timer that fails must not stop the program that is looked at.
            sys.unraisablehook(_Unraisable(type(e), e, e.__traceback__, None, self._timer))
            return 0
        finally:
            self._timing = False

    def _enter(self, key, code, frame):
        count = self._counts.get(key)
        if count is None:
            count = self._counts[key] = _Count(code)
        count.level += 1
        sub = None
        if self._subcalls and self._stack:
            caller = self._stack[-1][3]
            if caller.sub is None:
                caller.sub = {}
            sub = caller.sub.get(key)
            if sub is None:
                sub = caller.sub[key] = _Count(code)
            sub.level += 1
        self._stack.append([frame, self._now(), 0, count, sub])

    def _leave(self):
        _, start, below, count, sub = self._stack.pop()
        total = self._now() - start
        if self._stack:
            self._stack[-1][2] += total
        count.stop(total, total - below)
        if sub is not None:
            sub.stop(total, total - below)

    # What CPython hands to sys.monitoring; here they only have their signatures.

    def _pystart_callback(self, code, instruction_offset, /):
        pass

    def _pyreturn_callback(self, code, instruction_offset, retval, /):
        pass

    def _ccall_callback(self, code, instruction_offset, callable, self_arg, /):
        pass

    _creturn_callback = _ccall_callback

    def _event(self, frame, event, arg):
        if event == "call":
            code = frame.f_code
            if code is _DISABLE:
                self._enter(_DISABLE, "<method 'disable' of '_lsprof.Profiler' objects>", None)
            else:
                self._enter(code, code, frame)
        elif event == "return":
            stack = self._stack
            if any(c[0] is frame for c in stack):
                # Frames of tail calls have gone without a return of their own.
                while stack[-1][0] is not frame:
                    self._leave()
                self._leave()
        elif self._builtins and frame.f_code is not _DISABLE:
            if event == "c_call":
                name = _shown(arg)
                self._enter(name, name, None)
            elif self._stack and self._stack[-1][0] is None:
                self._leave()


_DISABLE = Profiler.disable.__code__
