

# What follows is Taipan's: the class is shown as that of the C form of the module, with its module.

def _taipan_repr(self):
    name = "zoneinfo.ZoneInfo" if type(self) is ZoneInfo else type(self).__name__
    if self._key is not None:
        return f"{name}(key={self._key!r})"
    return f"{name}.from_file({self._file_repr})"

_taipan_repr.__name__ = "__repr__"
_taipan_repr.__qualname__ = "ZoneInfo.__repr__"
ZoneInfo.__repr__ = _taipan_repr
del _taipan_repr
