import json, math, decimal, collections, io, datetime
data = {"a": [1, 2.5, -0.0, 1e100, 1e-7, True, None], "é": "ü\n\t\"\\\u2028\x7f\x00", "n": {"x": {}, "y": []}, "": 0, "big": 12345678901234567890}
for kw in [{}, {"indent": 2}, {"indent": "\t", "sort_keys": True}, {"ensure_ascii": False}, {"separators": (",", ":")}, {"indent": 0}]:
    print(json.dumps(data, **kw))
print(json.dumps({1: 2, None: 3, True: 4, 1.5: 5}), json.dumps((1, (2, 3))), json.dumps([float("inf"), float("nan")]))
for bad in [{(1, 2): 3}, {1, 2}, object, b"x", float("nan")]:
    try:
        print(json.dumps(bad, allow_nan=False))
    except Exception as e:
        print(type(e).__name__, e, getattr(e, "__notes__", None))
print(json.dumps({(1, 2): 3, "k": 1}, skipkeys=True))
class Enc(json.JSONEncoder):
    def default(self, o):
        if isinstance(o, datetime.date): return {"__date__": o.isoformat()}
        if isinstance(o, decimal.Decimal): return str(o)
        return super().default(o)
print(json.dumps([datetime.date(2024, 2, 29), decimal.Decimal("1.10")], cls=Enc))
try:
    json.dumps([1, {"k": [1j]}], cls=Enc)
except TypeError as e:
    print(e, e.__notes__)
loop = []; loop.append(loop)
for f in (lambda: json.dumps(loop), lambda: json.dumps(loop, check_circular=False)):
    try:
        f()
    except (ValueError, RecursionError) as e:
        print(type(e).__name__)
print(json.loads(' {"a" : [1, 2.0, -3e2, true, false, null, "\\u00e9\\ud83d\\ude00\\ud800"] } '))
print(json.loads("[1.1, 2, NaN, -Infinity]", parse_float=decimal.Decimal, parse_int=str, parse_constant=lambda c: "<" + c + ">"))
print(json.loads('{"b": 1, "a": 2, "b": 3}', object_pairs_hook=list), json.loads('{"x": {"y": 1}}', object_hook=lambda d: sorted(d)))
for bad in ["", "{", "[1,]", '{"a" 1}', '{"a": }', "tru", "[1 2]", '"abc', '"\\x"', '"\\u12"', "1 2", "\ufeff1", "{'a': 1}", '{"a": 1,}', "[", '["a\nb"]', "01", "-", "1.", "[1,\n2,\n,]"]:
    try:
        print(repr(bad), json.loads(bad))
    except json.JSONDecodeError as e:
        print(repr(bad), e, e.pos, e.lineno, e.colno)
print(json.loads(b'\xef\xbb\xbf[1]'), json.loads("[1]".encode("utf-16")), json.JSONDecoder().raw_decode("[1] tail"))
f = io.StringIO(); json.dump(list(range(3)), f, indent=1); print(f.getvalue()); f.seek(0); print(json.load(f))
print(list(json.JSONEncoder(indent=1).iterencode({"a": [1, {}]})))
class S(str): pass
class I(int):
    def __repr__(self): return "bad"
print(json.dumps([S("x"), I(3), collections.OrderedDict(b=1, a=2)]))
