import re
text = "The quick brown fox, über-cool naïve café; 2024-05-17T12:30:00Z & $1,234.56 (jane.doe@example.co.uk) #tag\nline two\tTab\r\nthree"
for pat, fl in [(r"\w+", 0), (r"\b\w{5}\b", re.A), (r"(?P<y>\d{4})-(?P<m>\d\d)-(?P<d>\d\d)", 0), (r"(?i)THE|FOX", 0),
                (r"[^\W\d_]+", re.U), (r"^\w+", re.M), (r"(?s).+?three", 0), (r"(?<=\$)[\d,]+\.\d+", 0), (r"(?<!\w)#(\w+)", 0),
                (r"(\w)(?=\1)", 0), (r"(?:a|e|i|o|u){2}", 0), (r"(?x) \d+ # digits\n | [A-Z]\w*", 0), (r"\s+", 0), (r"$", re.M)]:
    print(pat, [m.span() for m in re.finditer(pat, text, fl)], re.findall(pat, text, fl)[:4])
m = re.search(r"(?P<user>[\w.]+)@(?P<host>[\w.]+)", text)
print(m.groupdict(), m.start("host"), m.end(), m.lastgroup, m.re.groupindex, m.expand(r"\g<host>!\1"), m[1], m["host"])
print(re.sub(r"(\w+) (\w+)", r"\2 \1", "hello world foo bar baz"))
print(re.sub(r"\d+", lambda m: str(int(m[0]) * 2), "a1b22c333", count=2))
print(re.subn("x*", "-", "abxd"), re.split(r"(,)\s*", "a, b,c,  d"), re.split(r"\b", "hi there you"), re.split(r"", "abc"))
print(re.fullmatch(r"(a+)+b", "aaab"), re.match(r"(a)|b", "b").groups(), re.match(r"(a)|b", "b").groups("none"))
for bad in ["(", "a**", "[z-a]", "(?P<1>x)", r"\1", "(?<=a+)b", "x{3,1}", "(?P<a>x)(?P<a>y)", "[", "(?z)", "\\", "(?P=foo)", "a{99999999999}", "*", "(?i)a(?-i:B", "[[:alpha:]", "(?(2)a|b)"]:
    try:
        re.compile(bad)
        print(bad, "compiles")
    except re.PatternError as e:
        print(repr(bad), e, e.pos, e.lineno, e.colno)
    except Exception as e:
        print(repr(bad), type(e).__name__, e)
p = re.compile(r"(?P<k>\w+)=(?P<v>[^;]*)", re.I | re.VERBOSE)
print(p, p.flags, p.groups, p.pattern, p == re.compile(r"(?P<k>\w+)=(?P<v>[^;]*)", re.I | re.VERBOSE))
print([m.groupdict() for m in p.finditer("a=1;b=;c=x y")])
print(re.escape("a.b*c[d]-e f#g&h~é"), re.compile(b"\\d+").findall(b"1 22 333"), re.search("é", "café", re.A))
print(re.search(r"(?>a+)b", "aaab"), re.search(r"a++b", "aaab"), re.search(r"a*+a", "aaa"))
print(re.compile("a.c", re.DOTALL).match("a\nc"), re.match(r"\Aab\Z", "ab"), re.match("(?m:^a$)", "a"))
s = re.Scanner([(r"[0-9]+", lambda s, t: int(t)), (r"[a-z]+", lambda s, t: t), (r"\s+", None)])
print(s.scan("12 abc 34 !"))
print(repr(re.RegexFlag.I | re.M), re.I.name, [f.name for f in re.I | re.S])
print(re.findall(r"(?i)straße|STRASSE", "Straße STRASSE straſſe"), re.findall("[à-ý]", "ÀÈý é", re.I))
print(re.sub("(?P<a>x)|y", lambda m: repr(m.lastindex), "xyx"), re.template if hasattr(re, "template") else "no template")
