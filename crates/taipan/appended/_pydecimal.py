

# What follows is Taipan's: errors tell what the C form of the module tells, the signal.

_taipan_rounding_text = """valid values for rounding are:
  [ROUND_CEILING, ROUND_FLOOR, ROUND_UP, ROUND_DOWN,
   ROUND_HALF_UP, ROUND_HALF_DOWN, ROUND_HALF_EVEN,
   ROUND_05UP]"""

def _taipan_no_rounding():
    raise TypeError(_taipan_rounding_text)

def _taipan_raise_error(self, condition, explanation=None, *args):
    error = _condition_map.get(condition, condition)
    if error in self._ignored_flags:
        return error().handle(self, *args)
    self.flags[error] = True
    if not self.traps[error]:
        return condition().handle(self, *args)
    raise error([condition])

_taipan_raise_error.__doc__ = Context._raise_error.__doc__
_taipan_raise_error.__name__ = "_raise_error"
_taipan_raise_error.__qualname__ = "Context._raise_error"
Context._raise_error = _taipan_raise_error
del _taipan_raise_error

# Contexts show their signals in the order of the C form's bits.
_taipan_order = [Clamped, InvalidOperation, DivisionByZero, Inexact, FloatOperation, Overflow, Rounded, Subnormal, Underflow]

def _taipan_context_repr(self):
    def names(table):
        return ", ".join(s.__name__ for s in _taipan_order if table[s])
    return (f"Context(prec={self.prec}, rounding={self.rounding}, Emin={self.Emin}, Emax={self.Emax}, "
            f"capitals={self.capitals}, clamp={self.clamp}, flags=[{names(self.flags)}], traps=[{names(self.traps)}])")

_taipan_context_repr.__name__ = "__repr__"
_taipan_context_repr.__qualname__ = "Context.__repr__"
_taipan_context_repr.__doc__ = Context.__repr__.__doc__
Context.__repr__ = _taipan_context_repr
del _taipan_context_repr

class SignalDict(dict):
    """Flags or traps by signal, shown in the order of the C form's bits."""

    def __repr__(self):
        return "{" + ", ".join(f"{s!r}:{self[s]!r}" for s in _taipan_signals) + "}"

_taipan_signals = [InvalidOperation, FloatOperation, DivisionByZero, Overflow, Underflow, Subnormal, Inexact, Rounded, Clamped]

def _taipan_set_signal_dict(self, name, d):
    if not isinstance(d, dict):
        raise TypeError("%s must be a signal dict" % d)
    if d.keys() != _taipan_signal_set:
        raise KeyError("%s is not a valid signal dict" % d)
    # A context that another one works with shares its flags.
    object.__setattr__(self, name, d if type(d) is SignalDict else SignalDict((s, bool(d[s])) for s in _taipan_signals))

_taipan_signal_set = set(_taipan_signals)
_taipan_set_signal_dict.__name__ = "_set_signal_dict"
_taipan_set_signal_dict.__qualname__ = "Context._set_signal_dict"
Context._set_signal_dict = _taipan_set_signal_dict
del _taipan_set_signal_dict
for _taipan_context in DefaultContext, BasicContext, ExtendedContext:
    _taipan_context.flags, _taipan_context.traps = _taipan_context.flags, _taipan_context.traps
SignalDict.__module__ = "abc"
del _taipan_context
