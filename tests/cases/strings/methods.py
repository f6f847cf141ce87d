# The methods of str.
s = "Hello, World"
print(s.upper(), s.lower(), s.swapcase(), s.title(), s.casefold(), s.capitalize())
print(s.find("o"), s.rfind("o"), s.find("z"), s.index("W"), s.count("l"), s.find("o", 5), s.find("", 3), s.count(""))
print(s.startswith("Hell"), s.endswith(("x", "ld")), s.startswith("W", 7), "".startswith(""))
print(s.replace("l", "L"), s.replace("l", "L", 1), s.replace("", "-")[:8], "aaa".replace("aa", "b"))
print("  x ".strip() + "|", "xxabxx".strip("x"), "  x ".lstrip() + "|", "  x ".rstrip() + "|", "abcba".strip("ab"))
print("a,b,,c".split(","), "a  b c ".split(), "a b c d".split(" ", 2), "a b c d".rsplit(" ", 1), "".split(), "".split(","), "x\ny\r\nz\n".splitlines(), "a\nb".splitlines(True))
print(",".join(["a", "b"]), "".join([]), "-".join("abc"))
print("ab".center(6, "*"), "ab".ljust(5) + "|", "ab".rjust(5, "."), "42".zfill(5), "-42".zfill(5))
print("abc".isalpha(), "ab1".isalnum(), "12".isdigit(), "½".isnumeric(), "²".isdigit(), "²".isdecimal(), " \t".isspace(), "Ab".istitle(), "abc".isidentifier(), "1a".isidentifier(), "AB".isupper(), "".isalpha(), "é".isascii())
print("a-b-c".partition("-"), "a-b-c".rpartition("-"), "abc".partition("x"), "abc".rpartition("x"))
print("prefix-x".removeprefix("prefix-"), "x.py".removesuffix(".py"), "abc".removeprefix("z"))
print("a\tb\t".expandtabs(), "abc".translate({97: "X", 98: None, 99: 100}), "abc".translate(str.maketrans("ab", "ba", "c")))
print("straße".upper(), "ǅ".lower(), "ß".casefold(), "ΑΣ".lower(), "ŉ".upper(), "İ".lower().encode())
print("{} {}".format(1, 2), "{0}{1}{0}".format("a", "b"), "{x[k]} {y.real}".format(x={"k": 1}, y=2), "{:>{w}}".format("r", w=5), "{!r:>6}".format("a"))
print("%s %5d|%-5d|%+d %x %c %r %%" % ("a", 3, 4, 5, 255, "z", "q"), "%(k)s %(k)r" % {"k": "v"}, "%.2f" % 2.345, "%5.1f|" % 3.14159, "%c" % 97)
for bad in (lambda: s.index("zz"), lambda: "a".join([1]), lambda: "a" + 1, lambda: "%d" % "x", lambda: "%s %s" % 1, lambda: "{}".format(), lambda: "{a}".format(), lambda: "x".center(5, "ab"), lambda: "abc".split(""), lambda: "%s" % (1, 2), lambda: "a" * "b", lambda: "abc"[s], lambda: "abc"[10]):
    try:
        print(bad())
    except Exception as e:
        print(type(e).__name__, e)
