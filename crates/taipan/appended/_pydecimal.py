

# What follows is Taipan's: errors tell what the C form of the module tells, the signal.

def _taipan_raise_error(self, condition, explanation=None, *args):
    error = _condition_map.get(condition, condition)
    if error in self._ignored_flags:
        return error().handle(self, *args)
    self.flags[error] = 1
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
