import json, csv, io, sys, decimal, collections, enum, dataclasses, datetime
def t(f, *a, **k):
    try: print("->", f(*a, **k))
    except BaseException as e: print(type(e).__name__, e, getattr(e, "__notes__", ""))
for s in ("", "{", "[", "[1,", "[1,]", '{"a"', '{"a":', '{"a":1', '{"a":1,', '{"a":1,}', "{1:2}", "nul", "tru", "-", "01", "1.", "1e", "[1 2]", '"abc', '"\\x"', '"\\u12"', '"\\ud800"', '"a\nb"', "NaN", "Infinity", "-Infinity", "1 2", "\ufeff1", "'a'", '{"a" 1}', '{"a":1 "b":2}', "[" * 5, "1e999", "12345678901234567890123", "\x00", "[1,\n2,\n x]"):
    t(json.loads, s)
t(json.loads, b"\xff"); t(json.loads, 3); t(json.loads, b'\xef\xbb\xbf[1]'); t(json.loads, "[1]".encode("utf-16")); t(json.loads, '[1.5, 2]', parse_float=decimal.Decimal, parse_int=str); t(json.loads, '{"b":1,"a":2}', object_pairs_hook=lambda p: p); t(json.loads, "[NaN]", parse_constant=lambda c: c.upper())
class C(enum.IntEnum): A = 1
class N(collections.namedtuple("N", "x y")): pass
@dataclasses.dataclass
class D: a: int = 1
for o in (C.A, {C.A: 1}, N(1, 2), {1: 2, None: 3, True: 4, 1.5: 5}, float("nan"), float("inf"), "é\u2028\U0001f600\ud800\x00\x1f\x7f", b"x", {1, 2}, D(), {(1,): 2}, 1e16, 1e-7, 123456789.123456789, [], {}, [[]], {"a": {}}, 2**70, -0.0, datetime.date(2020, 1, 1)):
    t(json.dumps, o)
t(json.dumps, {(1, 2): 3, "a": 1}, skipkeys=True); t(json.dumps, [1, {"b": [1, 2], "a": {}}], indent=2, sort_keys=True); t(json.dumps, [1, 2], indent="\t"); t(json.dumps, {"a": [1]}, separators=(",", ":")); t(json.dumps, [1, [2]], indent=0); t(json.dumps, "é", ensure_ascii=False); t(json.dumps, float("nan"), allow_nan=False); t(json.dumps, {2: 1, "a": 2}, sort_keys=True)
l = []; l.append(l); t(json.dumps, l); d = {}; d["x"] = [d]; t(json.dumps, d); t(json.dumps, [1, {"k": [object]}]); t(json.dumps, D(), default=lambda o: o.__dict__); t(json.dumps, D(), default=lambda o: o)
class E(json.JSONEncoder):
    def default(self, o):
        if isinstance(o, set): return sorted(o)
        return super().default(o)
t(json.dumps, [{3, 1}, 1j], cls=E); print(list(E(indent=1).iterencode({"a": {1}})))
print(json.JSONDecoder().raw_decode('{"a":1} rest')); t(json.JSONDecoder(strict=False).decode, '"a\tb"')
f = io.StringIO(); w = csv.writer(f); w.writerows([[1, "a,b", 'q"q', None, 1.5, "l\nm"], ["", " x "], [True]]); print(repr(f.getvalue()))
for kw in ({"delimiter": ";"}, {"quoting": csv.QUOTE_ALL}, {"quoting": csv.QUOTE_NONNUMERIC}, {"quoting": csv.QUOTE_NONE, "escapechar": "\\"}, {"quoting": csv.QUOTE_STRINGS}, {"quoting": csv.QUOTE_NOTNULL}, {"quoting": csv.QUOTE_NONE}, {"delimiter": "ab"}, {"quotechar": None}, {"lineterminator": "\n", "doublequote": False, "escapechar": "!"}, {"foo": 1}, {"dialect": "nope"}, {"delimiter": "\n"}, {"quoting": 9}, {"delimiter": ""}, {"quotechar": 1}, {"skipinitialspace": True, "delimiter": " "}):
    try: f = io.StringIO(); csv.writer(f, **kw).writerows([["a", 'b"c', 3, None, "x;y,z", "n\nl", ""]]); print(kw, repr(f.getvalue()))
    except Exception as e: print(kw, type(e).__name__, e)
for text, kw in (("a,b\n1,2\n", {}), ('"a ""q""",b\n', {}), ('"unclosed,b\n', {"strict": True}), ('"unclosed,b\n', {}), ('a"b,c\n', {"strict": True}), ('"a"b,c\n', {"strict": True}), ("1,2,x\n", {"quoting": csv.QUOTE_NONNUMERIC}), ("a\\,b,c\n", {"escapechar": "\\"}), ("a\0b\n", {}), ("a, b\n", {"skipinitialspace": True}), ("a\rb\n", {}), (",\n\n,\n", {}), ('"",x\n', {"quoting": csv.QUOTE_NOTNULL}), (',""\n', {"quoting": csv.QUOTE_STRINGS})):
    r = csv.reader(io.StringIO(text, newline=""), **kw)
    t(lambda: [*r]); print(r.line_num)
t(lambda: list(csv.reader([b"a"]))); t(csv.reader, 5); t(csv.writer, 5); t(lambda: csv.field_size_limit("a")); t(csv.writer(io.StringIO()).writerow, 5)
r = csv.DictReader(io.StringIO("a,b\n1,2,3\n4\n\n5,6\n")); print(list(r), r.fieldnames)
f = io.StringIO(); w = csv.DictWriter(f, ["a", "b"], restval="-"); w.writeheader(); w.writerow({"a": 1}); t(w.writerow, {"z": 1}); print(f.getvalue())
print(csv.list_dialects(), csv.get_dialect("excel").delimiter, vars(csv.Sniffer().sniff("a;b;c\n1;2;3\n"))["delimiter"], csv.Sniffer().has_header("name,age\nbob,3\nal,44\n")); t(csv.Sniffer().sniff, "x"); t(csv.register_dialect, "d", delimiter="long"); t(csv.unregister_dialect, "zz"); t(csv.get_dialect, "zz")
csv.register_dialect("mine", delimiter="|"); print(next(csv.reader(["a|b"], "mine")), csv.reader([]).dialect.lineterminator)
old = csv.field_size_limit(5); t(lambda: next(csv.reader(["abcdefghi"]))); csv.field_size_limit(old)
