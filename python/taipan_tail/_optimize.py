"""The decorators."""

import builtins
import functools
import sys
import types
import weakref

from . import _platform

STRATEGIES = ("internal_loop", "partial_func", "return_tuple")

#: Names in a function's code that show that it looks at its own variables.
_LOOKS_AT_FRAMES = frozenset({"locals", "vars", "dir", "eval", "exec", "_getframe", "currentframe", "f_locals"})
#: What cannot refer back to a function.
_PLAIN = (int, float, complex, str, bytes, bool, types.NoneType, types.EllipsisType)


class TailCallError(Exception):
    """A function's self calls are not all tail calls that can be optimised."""


class Record:
    """What was done to a function."""

    __slots__ = ("original", "current", "reports", "strategy", "trouble", "allow_try")

    def __init__(self, original, current, reports, strategy, trouble=None, allow_try=False):
        self.original = original
        self.current = current
        self.reports = reports
        self.strategy = strategy
        self.trouble = trouble
        self.allow_try = allow_try


_records = weakref.WeakKeyDictionary()


def record_of(function):
    """The record of a function whose code is still what was made of it."""
    record = _records.get(function)
    if record is not None and record.current is function.__code__:
        return record
    return None


def describe(thing):
    """What a thing is, for messages."""
    if isinstance(thing, type):
        return f"class {thing.__qualname__!r}"
    if isinstance(thing, types.BuiltinFunctionType):
        return f"builtin {thing.__name__!r}"
    if isinstance(thing, types.MethodType):
        return f"bound method {thing.__qualname__!r}"
    name = getattr(thing, "__name__", None)
    kind = type(thing).__qualname__
    if isinstance(name, str):
        return f"{kind} object {name!r}"
    return f"{kind} object"


def _unwrap(thing, who):
    """The function of a function, static method or class method."""
    function = thing.__func__ if isinstance(thing, (staticmethod, classmethod)) else thing
    if not isinstance(function, types.FunctionType):
        raise TypeError(f"{who}() needs a Python function, not the {describe(function)}")
    return function


def _rewrap(thing, function):
    return type(thing)(function) if isinstance(thing, (staticmethod, classmethod)) else function


def names_of(function):
    """The names by which a function may call itself."""
    code = function.__code__
    names = {code.co_name, function.__name__}
    scope = function.__globals__
    anonymous = code.co_name == "<lambda>"
    known = builtins.__dict__
    for name in code.co_names:
        value = scope.get(name, names)
        # A lambda has no name yet when it is decorated: it may be any that is still free.
        if value is function or (anonymous and value is names and name not in known):
            names.add(name)
    for name, cell in zip(code.co_freevars, function.__closure__ or ()):
        try:
            value = cell.cell_contents
        except ValueError:
            value = function if anonymous else None
        if value is function:
            names.add(name)
    return sorted(names)


def _lives_for_ever(function):
    """Whether a function belongs to an imported module, which is hardly ever unloaded.

    The main module is another matter: at a prompt functions are defined again and again, and tools
    that send code elsewhere take its functions apart.
    """
    if "<" in function.__qualname__ or function.__closure__ or function.__module__ == "__main__":
        return False
    module = sys.modules.get(function.__module__)
    return module is not None and getattr(module, "__dict__", None) is function.__globals__


def _guard(function):
    if _lives_for_ever(function):
        return "const"
    if _LOOKS_AT_FRAMES.isdisjoint(function.__code__.co_names):
        return "hidden"
    return "weak"


def analyse(function, targets, *, returning=False, allow_try=False):
    """Reports and new parts of a function's code, or the reason why it is refused."""
    code = function.__code__
    defaults = function.__defaults__ or ()
    constant = targets[0][0] == "const" or all(type(d) in _PLAIN for d in defaults)
    try:
        reports, parts = _platform.native.rewrite(
            _platform.tables,
            code,
            returning=returning,
            targets=targets,
            allow_try=allow_try,
            unbind_all=not _LOOKS_AT_FRAMES.isdisjoint(code.co_names),
            defaults=len(defaults),
            constant_defaults=constant,
        )
    except (RuntimeError, UnicodeEncodeError) as error:
        return [], None, str(error)
    return reports, parts, None


def _parameters(function):
    code = function.__code__
    count = code.co_argcount + code.co_kwonlyargcount
    return _platform.native.Parameters(
        code.co_varnames[:count],
        code.co_argcount,
        code.co_posonlyargcount,
        bool(code.co_flags & 0x4),
        bool(code.co_flags & 0x8),
    )


def _new_code(function, parts, targets, make):
    """The code object of `parts`, with its new constants and hidden variables."""
    code = function.__code__
    consts = list(code.co_consts)
    for kind, number in parts["consts"]:
        if kind == "none":
            consts.append(None)
        elif kind == "target":
            consts.append(targets[number])
        elif kind == "weak":
            consts.append(weakref.ref(targets[number]))
        elif kind == "type":
            consts.append(type)
        elif kind == "method":
            consts.append(types.MethodType)
        elif kind == "defaults":
            consts.append(function.__defaults__)
        elif kind == "default":
            consts.append(function.__defaults__[number])
        else:
            consts.append(make(number))
    return code.replace(
        co_code=parts["co_code"],
        co_linetable=parts["co_linetable"],
        co_exceptiontable=parts["co_exceptiontable"],
        co_stacksize=parts["co_stacksize"],
        co_consts=tuple(consts),
        co_names=code.co_names + parts["names"],
        co_freevars=code.co_freevars + tuple(f".tail{i}" for i in range(parts["hidden"])),
    )


def _require_all(function, reports, trouble):
    """TailCallError unless every self call is optimised."""
    name = function.__qualname__
    if trouble is not None:
        raise TailCallError(f"{name}: {trouble}")
    left = [r for r in reports if r["own"] and not r["rewritten"]]
    if left:
        lines = "; ".join(f"line {r['line']}: {r['reason']}" for r in left)
        what = "this self call is" if len(left) == 1 else "these self calls are"
        raise TailCallError(f"{name}: {what} not optimised: {lines}")


def _loop(function, allow_try, strict):
    """Strategy internal_loop: the function itself changes."""
    guard = _guard(function)
    reports, parts, trouble = analyse(function, [(guard, names_of(function))], allow_try=allow_try)
    if strict:
        _require_all(function, reports, trouble)
    original = function.__code__
    if parts is not None:
        code = _new_code(function, parts, [function], lambda _: _parameters(function))
        closure = None
        if parts["hidden"]:
            closure = (function.__closure__ or ()) + (types.CellType(function),)
        _platform.native.install(function, code, closure)
    _records[function] = Record(original, function.__code__, reports, "internal_loop", trouble, allow_try)
    return function


class _Postponed(functools.partial):
    """A tail call that is still to be made."""


def _postponed():
    raise RuntimeError("a postponed call was made outside its function")


def _makers(functions, strategy):
    """What rewritten code calls in place of each function. Errors name what is called."""

    def make(number):
        function = functions[number]
        if strategy == "return_tuple":
            return _platform.native.maker(number, function.__qualname__, function.__module__)
        maker = functools.partial(_Postponed, _postponed)
        maker.__qualname__, maker.__module__ = function.__qualname__, function.__module__
        return maker

    return make


def _trampoline(function, bodies, number, strategy):
    """The wrapper of a function whose body, number `number` of `bodies`, returns its tail calls."""
    if strategy == "partial_func":

        @functools.wraps(function)
        def wrapper(*args, **kwargs):
            body = bodies[number]
            result = body(*args, **kwargs)
            while type(result) is _Postponed:
                result = body(*result.args, **result.keywords)
            return result

    else:
        tail_call = _platform.native.TailCall

        @functools.wraps(function)
        def wrapper(*args, **kwargs):
            result = bodies[number](*args, **kwargs)
            while type(result) is tail_call:
                result = result.run(bodies)
            return result

    return wrapper


def _body(function, parts, targets, make):
    """A function like `function` with the code of `parts`."""
    code = _new_code(function, parts, targets, make)
    closure = function.__closure__ or ()
    if parts["hidden"]:
        closure += tuple(types.CellType(t) for t in targets)
    body = types.FunctionType(code, function.__globals__, function.__name__, function.__defaults__, closure or None)
    body.__kwdefaults__ = function.__kwdefaults__
    body.__qualname__ = function.__qualname__
    body.__module__ = function.__module__
    return body


def _wrap(function, strategy, allow_try, strict):
    """Strategies partial_func and return_tuple: a wrapper calls on."""
    names = names_of(function)
    guard = _guard(function)
    reports, parts, trouble = analyse(function, [(guard, names)], returning=True, allow_try=allow_try)
    if strict:
        _require_all(function, reports, trouble)
    record = Record(function.__code__, function.__code__, reports, strategy, trouble, allow_try)
    if parts is None:
        _records[function] = record
        return function

    bodies = []
    wrapper = _trampoline(function, bodies, 0, strategy)
    bodies.append(_body(function, parts, [wrapper], _makers([function], strategy)))
    record.current = wrapper.__code__
    _records[wrapper] = record
    return wrapper


def _mark(function, strict, allow_try):
    """On Taipan the machine itself does the work: verify and mark."""
    native = _platform.native
    if native is not None:
        try:
            native.mark(function, strict, allow_try)
        except ValueError as error:
            raise TailCallError(str(error)) from None
    return function


def _apply(thing, who, strategy, allow_try, strict):
    if strategy not in STRATEGIES:
        raise ValueError(f"strategy must be one of {', '.join(map(repr, STRATEGIES))}, not {strategy!r}")
    function = _unwrap(thing, who)
    if _platform.on_taipan:
        _mark(function, strict, allow_try)
        return thing
    if _platform.trouble is not None:
        if strict:
            raise TailCallError(f"{function.__qualname__}: {_platform.trouble}")
        _platform.warn_once()
        return thing
    record = record_of(function)
    if record is not None and record.current is not record.original:
        if strict:
            _require_all(function, record.reports, record.trouble)
        return thing
    if strategy == "internal_loop":
        _loop(function, allow_try, strict)
        return thing
    wrapped = _wrap(function, strategy, allow_try, strict)
    return thing if wrapped is function else _rewrap(thing, wrapped)


def _decorator(who, strict):
    def decorate(function=None, /, *, strategy="internal_loop", allow_try=False):
        if function is None:
            return lambda function, /: _apply(function, who, strategy, allow_try, strict)
        return _apply(function, who, strategy, allow_try, strict)

    decorate.__name__ = decorate.__qualname__ = who
    return decorate


tail_optimize = _decorator("tail_optimize", False)
tail_optimize.__doc__ = """Make the tail calls of a function to itself into jumps.

The function object stays the same (strategy "internal_loop", the default). The strategies
"partial_func" and "return_tuple" put a wrapper around it, as pytailcall did: slower, for comparison.

Calls in a `try` body are left alone unless `allow_try`: then the handlers of the calls before
are never asked.
"""
tailrec = _decorator("tailrec", True)
tailrec.__doc__ = """Like tail_optimize; TailCallError unless every self call is optimised."""


def no_tail_calls(function, /):
    """Make ordinary calls of a function's tail calls: its frames stay for debuggers and tracebacks.

    On stock CPython calls are ordinary unless they were decorated; there a decorated function is
    refused, and any other stays as it is.
    """
    inner = _unwrap(function, "no_tail_calls")
    if _platform.on_taipan:
        if _platform.native is not None:
            _platform.native.bar(inner)
    elif (record := record_of(inner)) is not None and record.current is not record.original:
        raise TailCallError(f"{inner.__qualname__}: its tail calls are optimised already")
    return function


def _as_written(function):
    """The function without what was done to it."""
    record = record_of(function)
    if record is None or record.current is record.original:
        return function
    if record.strategy != "internal_loop":
        return function.__wrapped__
    closure = (function.__closure__ or ())[: len(record.original.co_freevars)]
    fresh = types.FunctionType(
        record.original, function.__globals__, function.__name__, function.__defaults__, closure or None
    )
    fresh.__kwdefaults__ = function.__kwdefaults__
    return functools.update_wrapper(fresh, function)


def tail_group(*functions, allow_try=False):
    """Make the tail calls of functions to one another run in constant space.

    Gives the new functions in the same order; bind them to the names by which they are called:

        even, odd = tail_group(even, odd)
    """
    members = [_unwrap(f, "tail_group") for f in functions]
    if _platform.on_taipan:
        return tuple(_mark(f, False, allow_try) and t for f, t in zip(members, functions))
    if _platform.trouble is not None:
        _platform.warn_once()
        return tuple(functions)
    members = [_as_written(f) for f in members]
    for_ever = all(map(_lives_for_ever, members))
    names = [sorted({f.__code__.co_name, f.__name__}) for f in members]
    bodies = []
    wrappers = [_trampoline(f, bodies, number, "return_tuple") for number, f in enumerate(members)]
    for number, function in enumerate(members):
        guard = "const" if for_ever else _guard(function)
        guard = "hidden" if guard == "const" and not for_ever else guard
        targets = [(guard, n) for n in names]
        reports, parts, trouble = analyse(function, targets, returning=True, allow_try=allow_try)
        if parts is None:
            bodies.append(function)
        else:
            bodies.append(_body(function, parts, wrappers, _makers(members, "return_tuple")))
        wrapper = wrappers[number]
        _records[wrapper] = Record(function.__code__, wrapper.__code__, reports, "return_tuple", trouble, allow_try)
    return tuple(_rewrap(t, w) for t, w in zip(functions, wrappers))
