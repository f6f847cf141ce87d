"""Writes DATA in ../python/_taipan_cjk.py anew: asks the codecs of the CPython 3.14 that runs this for every code and
character. What the lines mean is told there. Usage: python3.14 crates/taipan/tables/cjk.py [--check]
"""
import base64
import lzma
import pathlib
import sys

CODECS = ["gb2312", "gbk", "gb18030", "big5", "cp950", "shift_jis", "cp932", "euc_jp", "euc_kr", "cp949", "johab"]
#: In a table of single bytes: begins a longer code, or stands for nothing.
NONE = "\ufffe"
#: Codes of four bytes that GB 18030 has for the characters below U+10000.
FOUR = 39420
TARGET = pathlib.Path(__file__).parent.parent / "python" / "_taipan_cjk.py"


def decoded(codec, code):
    try:
        return code.decode(codec)
    except UnicodeDecodeError:
        return None


def encoded(codec, character):
    try:
        return character.encode(codec)
    except UnicodeEncodeError:
        return None


def forward(codec):
    """Lines of what codes decode to."""
    single = "".join(decoded(codec, bytes([i])) or NONE for i in range(256))
    yield "1" + single
    prefixes = [(b"", [i for i in range(256) if single[i] == NONE])]
    if codec == "euc_jp":
        prefixes.append((b"\x8f", range(0xa1, 0xff)))
    for prefix, leads in prefixes:
        for lead in leads:
            run, start = "", None
            for trail in range(0x21, 0x101):
                s = decoded(codec, prefix + bytes([lead, trail])) if trail < 256 else None
                if s is not None and len(s) == 1 and s != NONE:
                    start = trail if start is None else start
                    run += s
                elif start is not None:
                    yield f"{len(prefix) + 2}{lead:02x}{start:02x}{run}"
                    run, start = "", None


def inverse(lines):
    """The first code of each character."""
    out = {}
    for line in lines:
        if line[0] == "1":
            codes = ((bytes([i]), c) for i, c in enumerate(line[1:]) if c != NONE)
        else:
            head = (b"\x8f" if line[0] == "3" else b"") + bytes.fromhex(line[1:3])
            codes = ((head + bytes([i]), c) for i, c in enumerate(line[5:], int(line[3:5], 16)))
        for code, c in codes:
            out.setdefault(c, code)
    return out


def block(codec):
    lines = list(forward(codec))
    known = inverse(lines)
    for n in range(0x110000):
        if 0xd800 <= n < 0xe000:
            continue
        code = encoded(codec, chr(n))
        if codec == "gb18030" and code is not None and len(code) == 4:
            continue
        if code != known.get(chr(n)):
            lines.append("e" + chr(n) + (code.hex() if code else ""))
    return "\n".join([codec, *lines])


def ranges():
    """Where the characters of GB 18030's codes of four bytes, counted up, do not go on by one."""
    out = []
    before = None
    for n in range(FOUR):
        a, rest = divmod(n, 12600)
        b, rest = divmod(rest, 1260)
        c, d = divmod(rest, 10)
        s = decoded("gb18030", bytes([0x81 + a, 0x30 + b, 0x81 + c, 0x30 + d]))
        now = ord(s) if s else -1
        if before is None or (now != before + 1 if now != -1 else before != -1):
            out.append(f"{n:x}:{now:x}" if now != -1 else f"{n:x}:-")
        before = now
    return "ranges\n" + " ".join(out)


def main():
    assert sys.version_info[:2] == (3, 14) and sys.implementation.name == "cpython", "run me with CPython 3.14"
    text = "\n\n\n".join([*map(block, CODECS), ranges()])
    packed = lzma.compress(text.encode("utf-8", "surrogatepass"), preset=9 | lzma.PRESET_EXTREME)
    digits = base64.b85encode(packed).decode()
    rows = "".join(f"    {digits[i:i + 100]!r}\n" for i in range(0, len(digits), 100))
    source = TARGET.read_text()
    at = source.index("DATA = (\n")
    new = source[:at] + "DATA = (\n" + rows + ")\n"
    if "--check" in sys.argv:
        sys.exit(None if new == source else "_taipan_cjk.py is not what these codecs say")
    TARGET.write_text(new)


main()
