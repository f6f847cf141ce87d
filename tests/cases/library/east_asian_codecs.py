"""The encodings of East Asia: both ways, in pieces, with what cannot be had."""
import codecs
import io

TEXT = "日本語テキスト、中文字符，한국어 abc ～ é 😀"


def show(f):
    try:
        return f()
    except UnicodeError as e:
        return f"{type(e).__name__} {e}"


for name in ["gb2312", "gbk", "gb18030", "big5", "cp950", "shift_jis", "cp932", "euc_jp", "euc_kr", "cp949", "johab",
             "iso2022_jp", "hz"]:
    print(name, codecs.lookup(name).name, show(lambda: TEXT.encode(name)))
    for errors in ("ignore", "replace", "xmlcharrefreplace", "backslashreplace"):
        print("   ", errors, TEXT.encode(name, errors))
    data = TEXT.encode(name, "ignore")
    back = data.decode(name)
    print("   ", back, back.encode(name) == data)
    for bad in (data[:5] + b"\xff" + data[5:], data[:1], b"\xa1", b"ab\x81"):
        print("   ", show(lambda: bad.decode(name)), repr(bad.decode(name, "replace")), repr(bad.decode(name, "backslashreplace")))
    decoder = codecs.getincrementaldecoder(name)()
    print("   ", "".join(decoder.decode(data[i:i + 1]) for i in range(len(data))) + decoder.decode(b"", True) == back)
    encoder = codecs.getincrementalencoder(name)()
    print("   ", b"".join(encoder.encode(c) for c in back) + encoder.encode("", True) == data)
    f = io.TextIOWrapper(io.BytesIO(data + b"\n" + data), encoding=name)
    print("   ", f.readline() == back + "\n", f.read() == back)
