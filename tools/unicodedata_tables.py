"""Writes crates/stdlib/src/unicodedata/tables.rs from a Python whose unicodedata is UCD 16.

Run with CPython 3.14 from the root of the repository. An argument names a copy of NamedSequences.txt (which
Python does not list); without one the sequences of the old table are kept.
"""
import re
import sys
import unicodedata as u
from fractions import Fraction

assert u.unidata_version == "16.0.0"
OUT = "crates/stdlib/src/unicodedata/tables.rs"
BIDI = ["", "L", "LRE", "LRO", "R", "AL", "RLE", "RLO", "PDF", "EN", "ES", "ET", "AN", "CS", "NSM", "BN", "B", "S",
        "WS", "ON", "LRI", "RLI", "FSI", "PDI"]
WIDTH = ["F", "H", "W", "Na", "A", "N"]
CATEGORIES = ["Cn", "Lu", "Ll", "Lt", "Mn", "Mc", "Me", "Nd", "Nl", "No", "Zs", "Zl", "Zp", "Cc", "Cf", "Cs", "Co",
              "Lm", "Lo", "Pc", "Pd", "Ps", "Pe", "Pi", "Pf", "Po", "Sm", "Sc", "Sk", "So"]
old = u.ucd_3_2_0


def lines(items):
    row = ""
    for item in items:
        item += ","
        if len(row) + len(item) > 118:
            yield row
            row = ""
        row += item
    if row:
        yield row


def array(out, doc, name, kind, items):
    out.write(f"/// {doc}\npub static {name}: [{kind}; {len(items)}] = [\n")
    for row in lines(items):
        out.write(row + "\n")
    out.write("];\n")


def number(n):
    return "f64::NAN" if n is None else repr(float(n))


def two_stages(table, shift):
    blocks, first, second = {}, [], []
    for i in range(0, len(table), 1 << shift):
        block = tuple(table[i:i + (1 << shift)])
        if block not in blocks:
            blocks[block] = len(second) >> shift
            second.extend(block)
        first.append(blocks[block])
    return first, second


def old_row(c):
    if old.category(c) == "Cn" != u.category(c) or any(
            f(old)(c) != f(u)(c) for f in (lambda m: m.category, lambda m: m.bidirectional, lambda m: m.mirrored,
                                           lambda m: m.east_asian_width, lambda m: lambda c: m.decimal(c, None),
                                           lambda m: lambda c: m.numeric(c, None))):
        return (CATEGORIES.index(old.category(c)), BIDI.index(old.bidirectional(c)),
                WIDTH.index(old.east_asian_width(c)), str(bool(old.mirrored(c))).lower(), old.decimal(c, 255),
                number(old.numeric(c, None)))
    return None


def sequences():
    if len(sys.argv) > 1:
        for line in open(sys.argv[1], encoding="utf-8"):
            m = re.match(r"([^#;]+);([0-9A-F ]+)", line)
            if m:
                try:
                    found = u.lookup(m[1].strip())
                except KeyError:
                    continue
                yield m[1].strip(), [ord(c) for c in found]


def main():
    everything = [chr(cp) for cp in range(sys.maxunicode + 1)]
    records, table = {}, []
    for c in everything:
        r = (BIDI.index(u.bidirectional(c)), WIDTH.index(u.east_asian_width(c)), str(bool(u.mirrored(c))).lower(),
             u.combining(c))
        table.append(records.setdefault(r, len(records)))
    first, second = two_stages(table, 7)
    tags, decompositions, data, compositions = [""], [], [], []
    for cp, c in enumerate(everything):
        d = u.decomposition(c)
        # Hangul syllables are computed.
        if not d or 0xAC00 <= cp <= 0xD7A3:
            continue
        tag, _, rest = d.rpartition(">") if d[0] == "<" else ("", "", d)
        tag = tag + ">" if tag else ""
        if tag not in tags:
            tags.append(tag)
        cps = [int(x, 16) for x in rest.split()]
        decompositions.append(f"({cp}, {tags.index(tag)}, {len(data)}, {len(cps)})")
        data += cps
        if not tag and len(cps) == 2 and u.normalize("NFC", c) == c:
            compositions.append((*cps, cp))
    runs = []
    for cp, c in enumerate(everything):
        row = old_row(c)
        if row is None:
            continue
        if runs and runs[-1][1] == cp - 1 and runs[-1][2] == row:
            runs[-1][1] = cp
        else:
            runs.append([cp, cp, row])
    numerics = [(cp, u.numeric(c)) for cp, c in enumerate(everything) if u.numeric(c, None) is not None]
    with open(OUT, "w") as out:
        out.write("//! Written by tools/unicodedata_tables.py from UCD 16.0.0.\n\nuse super::{Old, Record};\n\n")
        for name, words in ("BIDIRECTIONAL", BIDI), ("WIDTHS", WIDTH), ("TAGS", tags):
            out.write(f"pub static {name}: [&str; {len(words)}] = {str(words)};\n".replace("'", '"'))
        out.write(f"pub static RECORDS: [Record; {len(records)}] = [\n")
        for r in records:
            out.write("Record { bidirectional: %d, width: %d, mirrored: %s, combining: %d },\n" % r)
        out.write("];\n")
        array(out, "Blocks of 128 code points.", "FIRST", "u8" if max(first) < 256 else "u16", list(map(str, first)))
        array(out, "Records by block.", "SECOND", "u8" if len(records) <= 256 else "u16", list(map(str, second)))
        array(out, "Code point, tag, place and length of its decomposition.", "DECOMPOSITIONS", "(u32, u8, u16, u8)",
              decompositions)
        array(out, "The code points of decompositions.", "DECOMPOSED", "u32", list(map(str, data)))
        array(out, "First, second, composed.", "COMPOSITIONS", "(u32, u32, u32)", list(map(str, sorted(compositions))))
        array(out, "Numeric values.", "NUMERIC", "(u32, f64)", [f"({cp}, {number(n)})" for cp, n in numerics])
        array(out, "What was different in Unicode 3.2: from, to, and how.", "OLD", "(u32, u32, Old)", [
            "(%d, %d, Old { category: %d, bidirectional: %d, width: %d, mirrored: %s, decimal: %d, numeric: %s })"
            % (a, b, *row) for a, b, row in runs])
        array(out, "Names of sequences.", "SEQUENCES", "(&str, &[u32])",
              [f'("{n}", &{cps})' for n, cps in sorted(sequences())])
    print(len(records), len(decompositions), len(data), len(compositions), len(runs), len(numerics))


main()
