"""Values and arrays in memory that processes share.

There is no ctypes here: the objects are views of blocks of multiprocessing.heap, and look as those of ctypes do.
"""

from operator import index

from . import heap
from . import get_context
from .context import assert_spawning

__all__ = ['RawValue', 'RawArray', 'Value', 'Array', 'copy', 'synchronized']

# What ctypes calls the types, by the letters of the module array.
_NAMES = {
    'c': 'c_char', 'u': 'c_wchar', 'b': 'c_byte', 'B': 'c_ubyte', 'h': 'c_short', 'H': 'c_ushort', 'i': 'c_int',
    'I': 'c_uint', 'l': 'c_long', 'L': 'c_ulong', 'q': 'c_long', 'Q': 'c_ulong', 'f': 'c_float', 'd': 'c_double',
}
_SIZES = dict(zip('cubBhHiIlLqQfd', (1, 4, 1, 1, 2, 2, 4, 4, 8, 8, 8, 8, 4, 8)))


def _into(code, value):
    """The value as memory of the type takes it: ints lose what does not fit."""
    if code in 'fd':
        if not hasattr(type(value), '__float__') and not hasattr(type(value), '__index__'):
            raise TypeError(f"must be real number, not {type(value).__name__}")
        return float(value)
    if code == 'c':
        if isinstance(value, (bytes, bytearray)) and len(value) == 1:
            return bytes(value)
        if isinstance(value, int) and 0 <= value < 256:
            return bytes([value])
        text = "one character bytes, bytearray, or an integer in range(256) expected"
        if isinstance(value, (bytes, bytearray)):
            raise TypeError(f"{text}, not {type(value).__name__} of length {len(value)}")
        raise TypeError(text if isinstance(value, int) else f"{text}, not {type(value).__name__}")
    if code == 'u':
        if not isinstance(value, str):
            raise TypeError(f"a unicode character expected, not instance of {type(value).__name__}")
        if len(value) != 1:
            raise TypeError(f"a unicode character expected, not a string of length {len(value)}")
        return ord(value)
    value = index(value)
    bits = 8 * _SIZES[code]
    value &= (1 << bits) - 1
    return value - (1 << bits) if code in 'bhilq' and value >> (bits - 1) else value


def _out_of(code, value):
    return chr(value) if code == 'u' else value


class _Shared:
    """What values and arrays have in common."""

    def __init__(self, code, wrapper, length):
        self._code = code
        self._wrapper = wrapper
        self._length = length
        memory = wrapper.create_memoryview()[:_SIZES[code] * (1 if length is None else length)]
        self._memory = memory
        self._items = memory.cast('B').cast({'u': 'I'}.get(code, code))

    def __reduce__(self):
        assert_spawning(self)
        return _rebuild, (self._code, self._wrapper, self._length)


class _SimpleValue(_Shared):

    @property
    def value(self):
        return _out_of(self._code, self._items[0])

    @value.setter
    def value(self, value):
        self._items[0] = _into(self._code, value)

    def __bool__(self):
        return bool(self.value)

    def __repr__(self):
        return f'{_NAMES[self._code]}({self.value!r})'


class _SharedArray(_Shared):

    def __len__(self):
        return self._length

    def _at(self, place):
        if place < 0:
            place += self._length
        if not 0 <= place < self._length:
            raise IndexError('invalid index')
        return place

    def __getitem__(self, place):
        if not isinstance(place, slice):
            return _out_of(self._code, self._items[self._at(place)])
        if self._code == 'c':
            return b''.join(self._items[i] for i in range(*place.indices(self._length)))
        items = [_out_of(self._code, self._items[i]) for i in range(*place.indices(self._length))]
        return ''.join(items) if self._code == 'u' else items

    def __setitem__(self, place, value):
        if not isinstance(place, slice):
            self._items[self._at(place)] = _into(self._code, value)
            return
        places = range(*place.indices(self._length))
        if len(value) != len(places):
            raise ValueError('Can only assign sequence of same size')
        for i, v in zip(places, value):
            self._items[i] = _into(self._code, v)

    def __iter__(self):
        return (self[i] for i in range(self._length))

    def __repr__(self):
        name = f'multiprocessing.sharedctypes.{_NAMES[self._code]}_Array_{self._length}'
        return f'<{name} object at {id(self):#x}>'


class _Characters(_SharedArray):

    @property
    def value(self):
        text = self[:]
        end = text.find(b'\0' if self._code == 'c' else '\0')
        return text if end < 0 else text[:end]

    @value.setter
    def value(self, value):
        kind, what = (bytes, 'bytes') if self._code == 'c' else (str, 'unicode string')
        if not isinstance(value, kind):
            raise TypeError(f'{what} expected instead of {type(value).__name__} instance')
        if len(value) > self._length:
            raise ValueError('byte string too long' if kind is bytes else 'string too long')
        if len(value) < self._length:
            value += b'\0' if kind is bytes else '\0'
        self[:len(value)] = value

    @property
    def raw(self):
        return bytes(self._memory)

    @raw.setter
    def raw(self, value):
        if len(value) > len(self._memory):
            raise ValueError('byte string too long')
        self._memory[:len(value)] = value


def _make(code, wrapper, length):
    if length is None:
        return _SimpleValue(code, wrapper, None)
    return (_Characters if code in 'cu' else _SharedArray)(code, wrapper, length)


def _rebuild(code, wrapper, length):
    return _make(code, wrapper, length)


def _new(typecode, length):
    if not isinstance(typecode, str) or typecode not in _NAMES:
        raise TypeError('this type has no size')
    size = _SIZES[typecode] * (1 if length is None else length)
    wrapper = heap.BufferWrapper(size)
    wrapper.create_memoryview()[:size] = bytes(size)
    return _make(typecode, wrapper, length)


def RawValue(typecode_or_type, *args):
    '''
    Returns a value in shared memory, without a lock
    '''
    obj = _new(typecode_or_type, None)
    if args:
        obj.value, = args
    return obj


def RawArray(typecode_or_type, size_or_initializer):
    '''
    Returns an array in shared memory, without a lock
    '''
    if isinstance(size_or_initializer, int):
        if size_or_initializer < 0:
            raise ValueError(f"Array length must be >= 0, not {size_or_initializer}")
        return _new(typecode_or_type, size_or_initializer)
    obj = _new(typecode_or_type, len(size_or_initializer))
    for i, v in enumerate(size_or_initializer):
        obj[i] = v
    return obj


def _locked(obj, lock, ctx):
    if lock in (True, None):
        lock = (ctx or get_context()).RLock()
    if not hasattr(lock, 'acquire'):
        raise AttributeError("%r has no method 'acquire'" % lock)
    return synchronized(obj, lock, ctx=ctx)


def Value(typecode_or_type, *args, lock=True, ctx=None):
    '''
    Return a synchronization wrapper for a Value
    '''
    obj = RawValue(typecode_or_type, *args)
    return obj if lock is False else _locked(obj, lock, ctx)


def Array(typecode_or_type, size_or_initializer, *, lock=True, ctx=None):
    '''
    Return a synchronization wrapper for a RawArray
    '''
    obj = RawArray(typecode_or_type, size_or_initializer)
    return obj if lock is False else _locked(obj, lock, ctx)


def copy(obj):
    new = _new(obj._code, obj._length)
    new._memory[:] = obj._memory
    return new


def synchronized(obj, lock=None, ctx=None):
    assert not isinstance(obj, SynchronizedBase), 'object already synchronized'
    if isinstance(obj, _SimpleValue):
        return Synchronized(obj, lock, ctx)
    if isinstance(obj, _Characters) and obj._code == 'c':
        return SynchronizedString(obj, lock, ctx)
    return SynchronizedArray(obj, lock, ctx)


def _through(name):
    """A property that asks the wrapped object while holding the lock."""

    def get(self):
        with self:
            return getattr(self._obj, name)

    def put(self, value):
        with self:
            setattr(self._obj, name, value)

    return property(get, put)


class SynchronizedBase(object):

    def __init__(self, obj, lock=None, ctx=None):
        self._obj = obj
        self._lock = lock or (ctx or get_context(force=True)).RLock()
        self.acquire = self._lock.acquire
        self.release = self._lock.release

    def __enter__(self):
        return self._lock.__enter__()

    def __exit__(self, *args):
        return self._lock.__exit__(*args)

    def __reduce__(self):
        assert_spawning(self)
        return synchronized, (self._obj, self._lock)

    def get_obj(self):
        return self._obj

    def get_lock(self):
        return self._lock

    def __repr__(self):
        return '<%s wrapper for %s>' % (type(self).__name__, self._obj)


class Synchronized(SynchronizedBase):
    value = _through('value')


class SynchronizedArray(SynchronizedBase):

    def __len__(self):
        return len(self._obj)

    def __getitem__(self, i):
        with self:
            return self._obj[i]

    def __setitem__(self, i, value):
        with self:
            self._obj[i] = value

    def __getslice__(self, start, stop):
        with self:
            return self._obj[start:stop]

    def __setslice__(self, start, stop, values):
        with self:
            self._obj[start:stop] = values


class SynchronizedString(SynchronizedArray):
    value = _through('value')
    raw = _through('raw')
