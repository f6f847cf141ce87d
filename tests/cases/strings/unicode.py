# Unicode: normal forms, names, categories, encodings.
import unicodedata

s = "e\u0301 é Å ﬁ ①"
for form in ("NFC", "NFD", "NFKC", "NFKD"):
    print(form, [hex(ord(c)) for c in unicodedata.normalize(form, s)])
print(unicodedata.name("é"), unicodedata.lookup("SNOWMAN"), unicodedata.category("A"), unicodedata.bidirectional("א"), unicodedata.numeric("½"), unicodedata.combining("\u0301"))
for text in ("abc", "é", "日本", "😀", "\x80\xff"):
    for enc in ("utf-8", "utf-16", "utf-32-be", "latin-1", "ascii", "cp1252"):
        try:
            b = text.encode(enc)
            print(enc, b, b.decode(enc) == text)
        except UnicodeEncodeError as e:
            print(enc, e)
for errors in ("ignore", "replace", "backslashreplace", "xmlcharrefreplace", "namereplace"):
    print(errors, "aé😀".encode("ascii", errors))
for raw in (b"\xff", b"\xe9abc", b"\xf0\x9f\x98", b"\xed\xa0\x80", b"ok"):
    for errors in ("strict", "ignore", "replace", "backslashreplace", "surrogateescape"):
        try:
            print(raw, errors, ascii(raw.decode("utf-8", errors)))
        except UnicodeDecodeError as e:
            print(raw, e)
print(ascii("\ud800"), len("\ud83d\ude00"), "\udcff".encode("utf-8", "surrogateescape"), "a\u0300b"[::-1].encode())
print("ﬀ".upper(), "ŉ".title(), "Σας".lower(), "ǆ".title(), "\u1e9e".lower(), "i̇".upper().encode())
print([c for c in "a1٣²½Ⅷ_ é" if c.isalnum()], "٣".isdecimal(), int("٣"), "x²".isidentifier())
