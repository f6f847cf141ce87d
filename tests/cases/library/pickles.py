"""Pickles: the bytes of each protocol, what comes back, and what is wrong with bad ones."""
import collections
import dataclasses
import enum
import hashlib
import io
import pickle


class Colour(enum.Enum):
    RED = 1


@dataclasses.dataclass
class Point:
    x: int
    y: str


class Slotted:
    __slots__ = ("a",)


class Items(list):
    pass


slotted = Slotted()
slotted.a = 5
items = Items([1, 2])
items.z = 3
objects = [
    None, True, 1, -1, 255, 256, 65536, -2**31, 2**31, 2**100, -2**100, -128, -129, 1.5, "a", "é\ud800", "x" * 300,
    b"ab", b"x" * 300, bytearray(b"q"), (), (1,), (1, 2), (1, 2, 3), (1, 2, 3, 4), [1, 2], {1: 2}, {1, 2},
    frozenset([3]), Colour.RED, Point(1, "q"), items, slotted, collections.OrderedDict(a=1), collections.Counter("aab"),
    collections.deque([1], 3), complex(1, 2), range(5), int, len, type(None), ValueError("x"),
    collections.defaultdict(list, a=[1]),
]
for protocol in range(6):
    digest = hashlib.sha256()
    for o in objects:
        try:
            data = pickle.dumps(o, protocol)
        except Exception as e:
            print(protocol, type(o).__name__, type(e).__name__, e)
            continue
        digest.update(data)
        assert repr(pickle.loads(data)) == repr(o) or type(o) is Slotted, o
        f = io.BytesIO(data + b"rest")
        pickle.load(f)
        assert f.read() == b"rest"
    print(protocol, digest.hexdigest())

me = []
me.append(me)
back = pickle.loads(pickle.dumps(me))
print(back[0] is back)
big = [b"x" * 100_000, "y" * 100_000, list(range(30_000))]
print(hashlib.sha256(pickle.dumps(big)).hexdigest(), pickle.loads(pickle.dumps(big)) == big)

buffers = []
data = pickle.dumps(pickle.PickleBuffer(bytearray(b"hello")), 5, buffer_callback=buffers.append)
print(data, bytes(pickle.loads(data, buffers=buffers)))


class Pickler(pickle.Pickler):
    def persistent_id(self, o):
        return "pid" if o is slotted else None

    def reducer_override(self, o):
        return (str, ("R",)) if isinstance(o, Colour) else NotImplemented


class Unpickler(pickle.Unpickler):
    def persistent_load(self, pid):
        return ("P", pid)

    def find_class(self, module, name):
        print(module, name)
        return super().find_class(module, name)


f = io.BytesIO()
Pickler(f).dump([slotted, Colour.RED, items])
f.seek(0)
print(Unpickler(f).load())

for bad in (
    b"", b".", b"(", b"\x80\x09.", b"K", b"\x8c\x05ab", b"z", b"(.", b"h\x05.", b"0.", b"\x95\xff\0\0\0\0\0\0\0N.",
    b"cos\nnope\n.", b"I12x\n.", b"}(K\x01u.", b"R.", b"N)R.",
):
    try:
        print(pickle.loads(bad))
    except Exception as e:
        print(bad, type(e).__name__, e)
try:
    pickle.dumps({"k": [lambda: 0]})
except Exception as e:
    print(type(e).__name__, e.__notes__)
