"""Text: formatting, str methods, re, textwrap, string, unicode."""
import re
import string
import textwrap
import unicodedata
from collections import Counter

TEXT = """It was the best of times, it was the worst of times, it was the age of wisdom, it was the age of
foolishness, it was the epoch of belief, it was the epoch of incredulity, it was the season of Light, it was the
season of Darkness, it was the spring of hope, it was the winter of despair."""
words = re.findall(r"[a-z]+", TEXT.lower())
print(Counter(words).most_common(8))
print(sorted(Counter(map(len, words)).items()))
for line in textwrap.wrap(TEXT, 50, initial_indent="* ", subsequent_indent="  "):
    print(line)
print(textwrap.shorten(TEXT, 60, placeholder=" [...]"))
print(textwrap.dedent("""\
    a
      b
    c"""), textwrap.indent("x\n\ny", "> "), sep="\n")
for v, specs in [(3.14159265, ["", ".2f", "10.3f", "<10.2f", "^12.1e", "+.0f", "%", "g", ".3g", "010.4f", "_.2f"]),
                 (1234567, ["", ",", "_", "x", "#X", "#b", "o", "e", "+,d", "^15,", "c" if False else "015d", "n"]),
                 (-255, ["#x", "08b", " d", "=+10"]), ("text", ["", ">10", "^10", "*<10", ".2", "_^8.3"]),
                 (True, ["", "d", "5"]), (1e20, ["", "g", "f", ",.1f"]), (float("nan"), ["f", "8"]), (2 + 3j, ["", ".1f", ">12"])]:
    print([format(v, s) for s in specs])
for spec, v in [("d", "s"), ("s", 3), ("q", 1), (".2d", 3), (",x", 3), ("=5", "s"), ("c", -1)]:
    try:
        print(format(v, spec))
    except (ValueError, OverflowError, TypeError) as e:
        print(spec, type(e).__name__, e)
name, width, value = "val", 12, {"a": [1, 2, {"b": 3}]}
print(f"{name!r:>{width}}|{value['a'][2]['b']:0{width // 2}d}|{name=}|{value=!s}|{width*2 = :>5}|{{}}|{'nested ' + f'{name:^{len(name) + 4}}'}")
print("{0} {1!r} {k[0]} {o.real} {0:>{w}}".format("a", "b", k=[7], o=3, w=5), "%s %5.2f %-5d| %05d %x %% %(c)s" % {"c": 1} if False else "%s %5.2f %-5d| %05d %x %%" % ("s", 3.14159, 42, 42, 255))
print("%(a)s-%(b)03d %(a)r" % {"a": "q", "b": 7}, "%*d" % (6, 42), "%.3s|%c|%c" % ("abcdef", 65, "z"), "%e %G" % (12345.678, 1e-10))
for bad in ["%d" , "%(x)s", "%q", "%s %s"]:
    try:
        print(bad % ("a",))
    except (TypeError, ValueError, KeyError) as e:
        print(type(e).__name__, e)
s = "Hello, Wörld ßtraße ǅ"
print(s.upper(), s.lower(), s.title(), s.swapcase(), s.casefold(), s.capitalize(), len(s), s.encode(), ascii(s))
print(s.partition(", "), s.rpartition("zz"), s.split(), s.rsplit(" ", 1), "a,b,,c".split(","), "a\nb\r\nc\x0bd".splitlines(True), s.find("ö"), s.rfind("ß"), s.count("ß"))
print("abc".center(9, "*"), "42".zfill(6), "-42".zfill(6), "tab\tx".expandtabs(8), "xxhixx".strip("x"), "pre_name".removeprefix("pre_"), "n.py".removesuffix(".py"))
print("a-b_c".translate(str.maketrans("-_", "+=", "b")), "mississippi".replace("ss", "SS", 1), "-".join("abc"), "abc" * 3, "b" in "abc", "abc"[::-1], "abcdef"[1:-1:2])
print([m.span() for m in re.finditer(r"(?P<y>\d{4})-(?P<m>\d\d)", "2024-05, 1999-12")], re.sub(r"(\w+) (\w+)", r"\2 \1", "hello world foo bar"))
print(re.sub(r"\d+", lambda m: str(int(m[0]) * 2), "a1b22c333"), re.split(r"[,;]\s*", "a, b;c;  d"), re.split(r"(-)", "a-b-c"))
m = re.match(r"(?P<user>[\w.]+)@(?P<host>[\w.]+)(?::(?P<port>\d+))?", "joe.doe@example.org rest")
print(m.groupdict(), m.groups("0"), m.group("user", 2), m.start("host"), m.expand(r"<\g<host>>"), m)
print(re.fullmatch(r"(a|b)*c", "ababc"), re.search(r"(?i)HELLO\b", s), re.findall(r"(?<=\$)\d+(?:\.\d\d)?", "$5 $10.50 6"), re.compile(r"""
   (\d+)  # int
   \s* ([-+*/]) \s*
   (\d+)""", re.X).findall("1 + 2, 30*4"))
try:
    re.compile(r"(a")
except re.error as e:
    print(e, e.pos)
print(string.Template("$who likes ${what}, $$5").substitute(who="tim", what="kung pao"), string.capwords("the quick  fox"), string.ascii_lowercase[:5], string.punctuation)
print([unicodedata.name(c, "?") for c in "aé€\n"], unicodedata.normalize("NFD", "é").encode("unicode_escape"), unicodedata.category("Ǆ"), "٣".isdigit(), int("٣"), "½".isnumeric(), "a1".isidentifier(), "éa".isalpha())
print(repr("quote's \"double\" \\ \t \x00 \u200b é 😀 \udc80"), b"bytes \xff\n'".__repr__(), bytes(range(5)).hex(" "), bytes.fromhex("de ad"), "é".encode("latin-1"), "x😀".encode("utf-16-le"))
for enc, err in [("ascii", "strict"), ("ascii", "replace"), ("ascii", "xmlcharrefreplace"), ("ascii", "backslashreplace"), ("ascii", "namereplace")]:
    try:
        print("aé😀".encode(enc, err))
    except UnicodeEncodeError as e:
        print(e)
try:
    b"ab\xff".decode()
except UnicodeDecodeError as e:
    print(e, e.start, e.object)
print(b"ab\xff".decode(errors="replace"), b"ab\xff".decode(errors="surrogateescape").encode(errors="surrogateescape"))
