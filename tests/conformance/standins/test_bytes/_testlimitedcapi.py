"""What test_bytes asks of CPython's module of this name: the sequence protocol without negative indices."""


def _checked(o, i):
    if i < 0:
        i += len(o)
    if i < 0:
        raise IndexError("index out of range")
    return i


def sequence_getitem(o, i):
    return o[i] if i >= 0 else o[_checked(o, i)]


def sequence_setitem(o, i, v):
    i = _checked(o, i) if isinstance(i, int) else i
    o[i] = v


def sequence_delitem(o, i):
    del o[_checked(o, i)]
