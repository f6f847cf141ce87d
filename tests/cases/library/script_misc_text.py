import difflib, shlex, cmd, io, sys, gettext, locale, getopt, optparse, sched, time, ipaddress, colorsys, netrc, string, stringprep, unicodedata, codecs, encodings, textwrap, reprlib, graphlib, zlib, tomllib, html.entities, wave
a, b = "one\ntwo\nthree\nfour\n".splitlines(True), "zero\none\ntree\nfour\n".splitlines(True)
print("".join(difflib.unified_diff(a, b, "a", "b")), "".join(difflib.ndiff(a, b)), "".join(difflib.context_diff(a, b)), difflib.get_close_matches("appel", ["ape", "apple", "peach"]), difflib.SequenceMatcher(None, "abcd", "bcde").ratio(), difflib.SequenceMatcher(None, "qabxcd", "abycdf").get_opcodes(), len(difflib.HtmlDiff().make_table(a, b)), list(difflib.restore(difflib.ndiff(a, b), 1)))
print(shlex.split("a 'b c' \"d\\\"e\" f\\ g # no", comments=True), shlex.quote("it's"), shlex.join(["a b", "c"]), list(shlex.shlex("x=1+'y'", punctuation_chars=True)))
for bad in ("'a", '"', "a\\"):
    try: print(shlex.split(bad))
    except ValueError as e: print(e)
class Shell(cmd.Cmd):
    prompt = "> "; intro = "hi"
    def do_add(self, arg): "add numbers"; print(sum(map(int, arg.split())), file=self.stdout)
    def do_quit(self, arg): return True
    def help_topic(self): print("about topic", file=self.stdout)
s = Shell(stdin=io.StringIO("add 1 2\nhelp\nhelp add\nhelp topic\nnope x\n\n?zz\nquit\n"), stdout=sys.stdout); s.use_rawinput = False; s.cmdloop(); print(s.completenames("a"), s.onecmd("quit"), s.parseline("!ls -l"))
print(gettext.gettext("hi"), gettext.ngettext("%d f", "%d fs", 2) % 2, gettext.NullTranslations().gettext("x"), gettext.find("none"), gettext.c2py("n != 1")(1), locale.localeconv()["decimal_point"], locale.setlocale(locale.LC_ALL), locale.format_string("%d", 12345, grouping=True), locale.atof("1.5"), locale.getlocale(locale.LC_NUMERIC), locale.normalize("de_DE"), locale.strcoll("a", "b") < 0)
try: locale.setlocale(locale.LC_ALL, "xx_YY")
except locale.Error as e: print(e)
print(getopt.getopt(["-a", "1", "--bee=2", "--cc", "rest"], "a:b", ["bee=", "cc"]), getopt.gnu_getopt(["x", "-b", "y"], "b"))
for args in (["-z"], ["-a"], ["--be"], ["--cc=1"]):
    try: print(getopt.getopt(args, "a:", ["bee=", "cc"]))
    except getopt.GetoptError as e: print(e, e.opt)
p = optparse.OptionParser(usage="%prog [x]", version="9", prog="P"); p.add_option("-n", "--num", type="int", default=3, help="a number [default: %default]"); p.add_option("-f", action="append"); p.add_option("-q", action="store_false", dest="v"); print(vars(p.parse_args(["-n", "5", "-f", "a", "-fb", "-q", "z"])[0])); p.print_help()
try: p.parse_args(["-n", "x"])
except SystemExit as e: print(e.code)
t = [0.0]; sc = sched.scheduler(lambda: t[0], lambda d: t.__setitem__(0, t[0] + d)); sc.enter(2, 1, print, ("two",)); sc.enter(1, 1, print, ("one",)); ev = sc.enter(3, 1, print, ("three",)); sc.cancel(ev); print(len(sc.queue)); sc.run(); print(t)
n = ipaddress.ip_network("192.168.0.0/29"); print(n, list(n.hosts())[:2], n.broadcast_address, n.num_addresses, ipaddress.ip_address("::1").is_loopback, ipaddress.ip_address("10.0.0.1") + 5, list(ipaddress.ip_network("10.0.0.0/30").subnets()), ipaddress.ip_address("2001:db8::1").exploded, n.overlaps(ipaddress.ip_network("192.168.0.4/30")), list(ipaddress.summarize_address_range(ipaddress.ip_address("1.0.0.0"), ipaddress.ip_address("1.0.0.5"))), ipaddress.ip_interface("1.2.3.4/24").network)
for bad in ("1.2.3", "256.1.1.1", "::g", "1.2.3.4/33", "1.2.3.4/24", "01.2.3.4"):
    try: print(ipaddress.ip_network(bad))
    except ValueError as e: print(e)
print(colorsys.rgb_to_hsv(.2, .4, .6), colorsys.hls_to_rgb(.5, .5, .5), unicodedata.name("é"), unicodedata.normalize("NFD", "é").encode(), unicodedata.category("a"), unicodedata.lookup("SNOWMAN"), unicodedata.numeric("½"), unicodedata.east_asian_width("日"), unicodedata.bidirectional("א"), unicodedata.combining("\u0301"), unicodedata.is_normalized("NFC", "é"), unicodedata.decimal("٣"), unicodedata.unidata_version)
print(codecs.encode("hello", "rot13"), codecs.encode(b"x", "hex"), codecs.decode("aGk=\n".encode(), "base64"), codecs.getincrementaldecoder("utf-8")().decode(b"\xc3"), "é".encode("idna"), "xn--9ca".encode().decode("idna"), "bücher.de".encode("idna"), "é".encode("punycode"), codecs.BOM_UTF8, "a\u0301".encode("unicode_escape"), b"\\u00e9".decode("unicode_escape"), "€".encode("cp1252"), "ñ".encode("utf-7"), codecs.charmap_encode("a", "strict", {97: 98}), ascii(b"\x80abc".decode("utf-8", "surrogateescape")), codecs.lookup("latin1").name, "é\u20ac".encode("ascii", "namereplace"), "x".encode("utf-32"), codecs.escape_decode(b"a\\n"))
codecs.register_error("star", lambda e: ("*" * (e.end - e.start), e.end)); print("aéèb".encode("ascii", "star"), b"a\xff\xfe".decode("ascii", "star"))
for f in (lambda: "x".encode("nope"), lambda: b"x".decode("hex"), lambda: "é".encode("ascii"), lambda: b"\xff".decode("utf-8"), lambda: "\ud800".encode("utf-8"), lambda: b"\xd8\x00".decode("utf-16-be"), lambda: "a".encode("ascii", "nohandler"), lambda: "é".encode("ascii", "nohandler"), lambda: codecs.lookup("a\0"), lambda: b"a".decode("rot13")):
    try: print(f())
    except Exception as e: print(type(e).__name__, e)
print(reprlib.repr(list(range(100))), reprlib.repr("x" * 100), reprlib.Repr(maxdict=1).repr({1: 2, 3: 4}), list(graphlib.TopologicalSorter({"d": {"b", "c"}, "b": {"a"}, "c": {"a"}}).static_order())[0])
try: graphlib.TopologicalSorter({1: {2}, 2: {1}}).prepare()
except graphlib.CycleError as e: print(e)
print(tomllib.loads('a = 1\n[b.c]\nd = [1.5, "x", true, 2024-01-02T03:04:05Z]\ne = {f = "g"}\n[[h]]\ni = 0x1F\n'))
for bad in ("a = ", "a = 1\na = 2", "[x", "a = 'b", "= 1", "a = 1__0", "a = 2024-13-01"):
    try: print(tomllib.loads(bad))
    except tomllib.TOMLDecodeError as e: print(e)
w = io.BytesIO(); f = wave.open(w, "wb"); f.setparams((1, 2, 8000, 0, "NONE", "")); f.writeframes(b"\0\1" * 10); f.close(); r = wave.open(io.BytesIO(w.getvalue())); print(r.getparams(), r.readframes(2))
