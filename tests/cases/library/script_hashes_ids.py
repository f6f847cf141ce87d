import hashlib, hmac, secrets, uuid, struct, array, mmap, os, heapq, bisect, copy, pickle, pickletools, shelve, dbm.dumb, marshal, io, sys, weakref, tempfile, zlib
import os, tempfile; os.chdir(tempfile.mkdtemp())
for n in sorted(hashlib.algorithms_guaranteed):
    h = hashlib.new(n); h.update(b"abc"); h.update("é".encode()); print(n, h.name, h.digest_size, h.block_size, (h.hexdigest(16) if n.startswith("shake") else h.hexdigest()), h.copy().hexdigest(4)[:4] if n.startswith("shake") else "")
print(hmac.new(b"k", b"m", "sha256").hexdigest(), hmac.digest(b"k", b"m", "md5").hex(), hmac.compare_digest("a", "a"), hashlib.pbkdf2_hmac("sha1", b"p", b"s", 10, 8).hex(), hashlib.blake2b(b"x", digest_size=8, key=b"k", salt=b"s", person=b"p").hexdigest(), hashlib.file_digest(io.BytesIO(b"abc"), "md5").hexdigest(), hashlib.scrypt(b"p", salt=b"s", n=2, r=1, p=1).hex()[:8] if hasattr(hashlib, "scrypt") else "")
for f in [lambda: hashlib.new("nope"), lambda: hashlib.md5("x"), lambda: hmac.new(b"k", b"m"), lambda: hashlib.blake2b(digest_size=99), lambda: hmac.compare_digest("é", "e"), lambda: hashlib.sha256().update(1), lambda: hashlib.shake_128().hexdigest()]:
    try: print(f())
    except Exception as e: print(type(e).__name__, e)
print(len(secrets.token_hex(5)), len(secrets.token_bytes()), secrets.choice([7]), secrets.randbelow(1), uuid.uuid3(uuid.NAMESPACE_DNS, "x.org"), uuid.uuid5(uuid.NAMESPACE_URL, "u"), uuid.UUID("12345678123456781234567812345678").fields, uuid.UUID(int=5), uuid.uuid4().version, uuid.uuid7().version, repr(uuid.UUID(bytes=b"0" * 16)), uuid.UUID("{12345678-1234-5678-1234-567812345678}").urn)
try: uuid.UUID("x")
except ValueError as e: print(e)
print(struct.pack("<hIq3sf?x", 1, 2, -3, b"abcd", 1.5, True), struct.unpack(">HH", b"\0\1\0\2"), struct.calcsize("@iqc"), struct.pack("=e", 1.5), list(struct.iter_unpack("B", b"ab")), struct.pack("3p", b"abc"), struct.Struct("!I").unpack_from(b"\0\0\0\1\2", 0))
for f in [lambda: struct.pack("b", 200), lambda: struct.unpack("I", b"1"), lambda: struct.pack("z"), lambda: struct.pack("ii", 1), lambda: struct.pack("f", "x"), lambda: struct.pack("H", -1), lambda: struct.pack_into("I", bytearray(2), 0, 1), lambda: struct.pack("c", b"ab"), lambda: struct.pack("e", 1e9)]:
    try: print(f())
    except Exception as e: print(type(e).__name__, e)
a = array.array("i", [3, 1, 2]); a.append(5); a.extend([6]); a.insert(0, 9); print(a, a.tobytes()[:4], a.itemsize, a.buffer_info()[1], a[1:3], a.index(2), a.pop(), array.array("w", "hé").tounicode(), array.array("d", [1.5]), a == array.array("l", a), memoryview(a).format); a.byteswap(); print(a)
for f in [lambda: a.append("x"), lambda: array.array("q", [2**70]), lambda: array.array("?"), lambda: array.array("B", [300]), lambda: a.remove(99)]:
    try: print(f())
    except Exception as e: print(type(e).__name__, e)
h = [5, 2, 8, 1]; heapq.heapify(h); print(h, heapq.heappushpop(h, 0), heapq.nsmallest(2, h), heapq.nlargest(2, [1, 5, 3], key=lambda x: -x), list(heapq.merge([1, 4], [2, 3])), bisect.bisect([1, 2, 2, 3], 2), bisect.bisect_left(["a", "bb"], 2, key=len)); bisect.insort(h, 4)
class K:
    def __init__(s): s.v = [1]; s.me = s
    def __reduce_ex__(s, p): return (K, (), {"v": s.v, "p": p})
class St:
    __slots__ = ("a",)
    def __getstate__(s): return {"a": 1}
    def __setstate__(s, st): s.a = st["a"] + 1
for p in range(6):
    d = pickle.dumps([1, -5, 2**100, "é\n", b"\xff", 1.5, None, (1,), {1: {2}}, K(), St(), K, len, frozenset([1])], p); print(p, len(d), zlib.crc32(d) if p != 0 else "", type(pickle.loads(d)[9]), pickle.loads(d)[10].a)
pickletools.dis(pickle.dumps({"a": [1, (2, "x")]}, 4)); o = [1, [2]]; o.append(o); c = copy.deepcopy(o); print(c[2] is c, c[1] is not o[1], copy.copy(o)[1] is o[1], len(pickletools.optimize(pickle.dumps(("a", "a")))))
for f in [lambda: pickle.loads(b""), lambda: pickle.loads(b"\x80\x04K"), lambda: pickle.loads(b"cnope\nx\n."), lambda: pickle.loads(b"garbage"), lambda: pickle.dumps(sys), lambda: pickle.loads(b"\x80\xff."), lambda: pickle.dumps(open(os.devnull)), lambda: pickle.loads(b"(lp0\nI1\naI2"), lambda: pickle.loads(b"cos\nnope\n."), lambda: pickle.dumps((i for i in [])), lambda: marshal.loads(b"x"), lambda: marshal.loads(b"["), lambda: marshal.dumps(object()), lambda: copy.deepcopy(sys), lambda: pickle.loads(b"."), lambda: pickle.loads(b"}I1\ns.")]:
    try: print(f())
    except Exception as e: print(type(e).__name__, e)
with shelve.open("sh") as s: s["k"] = [1]; s["q"] = {"a": 2}
with shelve.open("sh", writeback=True) as s: s["k"].append(2)
with shelve.open("sh", "r") as s: print(sorted(s.items()), "zz" in s)
with dbm.dumb.open("dd", "c") as d: d[b"x"] = b"1"; d["é"] = "2"; print(sorted(d.keys()), d.get(b"no"))
print(marshal.loads(marshal.dumps([1, "x", 2.5, (None, True), {"a": b"b"}, 2**80, 1j, frozenset([1])])))
with open("mm", "w+b") as f:
    f.write(b"hello world\n" * 400); f.flush()
    with mmap.mmap(f.fileno(), 0) as m: print(len(m), m[:5], m.find(b"world"), m.readline(), m.tell()); m[0:5] = b"HELLO"; m.seek(0); print(m.read(7), m.rfind(b"w"), m.size(), m.flush()); 
    try: m[0]
    except ValueError as e: print(e)
for f in [lambda: mmap.mmap(-1, 0), lambda: mmap.mmap(999, 10), lambda: mmap.mmap(-1, -1)]:
    try: print(f())
    except Exception as e: print(type(e).__name__, e)
class W: pass
w = W(); r = weakref.ref(w, lambda x: print("dead", x() is None)); wd = weakref.WeakValueDictionary(k=w); wk = weakref.WeakKeyDictionary({w: 1}); pr = weakref.proxy(w); pr.z = 1; fin = weakref.finalize(w, print, "fin"); print(len(wd), len(wk), w.z, r() is w, fin.alive); del w; print(len(wd), len(wk), r(), fin.alive)
try: pr.z
except ReferenceError as e: print(e)
