import xml.etree.ElementTree as ET, xml.dom.minidom as md, xml.sax, html, html.parser, email, email.policy, email.message, email.utils, email.header, io, base64, binascii, quopri, mimetypes, plistlib, xmlrpc.client
root = ET.fromstring('<r a="1"><!-- c --><b x="é">t<i/>tail</b><b>2</b><n:c xmlns:n="urn:n">ns</n:c>&lt;&#65;</r>')
print(root.tag, root.attrib, [(e.tag, e.text, e.tail) for e in root.iter()], root.findall("b")[1].text, root.find("{urn:n}c").text, root.findtext("b"), [e.text for e in root.findall(".//b[@x]")], root.find("b[2]").text)
ET.SubElement(root, "new", {"k": '<"&>'}).text = "a & b"; ET.indent(root); print(ET.tostring(root, encoding="unicode")); print(ET.tostring(root, xml_declaration=True, encoding="utf-8", short_empty_elements=False)[:80])
for bad in ["<a>", "<a></b>", "<a b></a>", "", "<a>&x;</a>", "<a/><b/>", "<a b='1' b='2'/>", "<a>\x01</a>", "x", "<!DOCTYPE a [<!ENTITY e 'v'>]><a>&e;</a>"]:
    try: print(ET.tostring(ET.fromstring(bad)))
    except ET.ParseError as e: print(e, e.code, e.position)
for ev, el in ET.iterparse(io.BytesIO(b"<a><b>1</b></a>"), events=("start", "end")): print(ev, el.tag, end="; ")
print(); d = md.parseString("<a><b c='1'>t</b><!--x--></a>"); print(d.toprettyxml(indent=" "), d.getElementsByTagName("b")[0].getAttribute("c"), d.documentElement.firstChild.toxml())
class SH(xml.sax.ContentHandler):
    def startElement(self, n, a): print("<", n, dict(a), end=" ")
    def characters(self, c): print(repr(c), end=" ")
xml.sax.parseString(b"<q z='1'>hi</q>", SH()); print()
print(html.escape("<a href='x'>&\"</a>"), html.unescape("&lt;&eacute;&#x41;&#65;&nosuch;&amp &notit;"))
class HP(html.parser.HTMLParser):
    def handle_starttag(self, t, a): print("S", t, a)
    def handle_endtag(self, t): print("E", t)
    def handle_data(self, d): print("D", repr(d))
    def handle_comment(self, c): print("C", c)
    def handle_decl(self, d): print("!", d)
HP().feed("<!DOCTYPE html><p class=x id='y' checked>Hi &amp; <br/><!-- no --><script>a<b</script></p>")
m = email.message.EmailMessage(); m["Subject"] = "Héllo wörld " * 6; m["From"] = email.utils.formataddr(("Jané Doe", "j@x.org")); m["To"] = "a@b.c, d@e.f"; m.set_content("Body ünï\n" * 2); m.add_alternative("<p>hi</p>", subtype="html"); m.add_attachment(b"\x00\x01", maintype="application", subtype="octet-stream", filename="f.bin"); m.set_boundary("BB") if m.is_multipart() else 0
txt = m.as_string().replace(m.get_payload()[0].get_boundary() or "-", "INNER"); print(txt)
p = email.message_from_string("From: x@y\nSubject: =?utf-8?q?h=C3=A9?= =?iso-8859-1?b?6Q==?=\nReceived: a\nReceived: b\nContent-Type: multipart/mixed; boundary=Q\n\npre\n--Q\n\npart1\n--Q\nContent-Type: text/plain; charset=latin-1\nContent-Transfer-Encoding: quoted-printable\n\n=E9t=\né\n--Q--\n", policy=email.policy.default)
print(p["subject"], p.get_all("received"), [x.get_content_type() for x in p.walk()], p.get_payload()[1].get_content(), p.defects, p["from"].addresses)
print(email.header.decode_header("=?utf-8?q?h=C3=A9?= x"), email.utils.parsedate_to_datetime("Fri, 17 May 2024 10:00:00 +0200"), email.utils.getaddresses(["A <a@b>, c@d"]), email.utils.format_datetime(email.utils.parsedate_to_datetime("Fri, 17 May 2024 10:00:00 -0000")), email.utils.quote('a"b'))
print(base64.b64encode(b"\xff\xfe\x00a"), base64.urlsafe_b64encode(b"\xff\xfe"), base64.b32encode(b"hello"), base64.b85encode(b"hello"), base64.a85encode(b"hello"), base64.b16decode("FF"), binascii.hexlify(b"ab", "-"), quopri.encodestring("é=\n".encode()), binascii.crc32(b"x"), base64.b64decode("YQ"+"=="), base64.z85encode(b"12345678"))
for f in [lambda: base64.b64decode("YQ="), lambda: base64.b64decode("Y!Q=", validate=True), lambda: base64.b32decode("x"), lambda: binascii.unhexlify("abc"), lambda: binascii.unhexlify("zz"), lambda: base64.b85decode("\x7f"), lambda: base64.b64decode("é"), lambda: base64.a85decode("~")]:
    try: print(f())
    except Exception as e: print(type(e).__name__, e)
print(mimetypes.guess_type("a.tar.gz"), mimetypes.guess_extension("text/html"), plistlib.dumps({"a": [1, True, 2.5, b"x"]}).decode()[-180:], plistlib.loads(plistlib.dumps({"k": 1}, fmt=plistlib.FMT_BINARY)), xmlrpc.client.dumps((1, "a", [True]), "m"))
