"""Writes the tables of crates/objects/src/unicode/generated from a Python whose unicodedata is UCD 16.

Run with CPython 3.14 from the root of the repository. Properties that Python does not name are asked for by
what `str` does with them (a final sigma tells what is cased and what is ignored, `splitlines` what ends a line).
"""
import _sre
import sys
import unicodedata

assert unicodedata.unidata_version == "16.0.0"
OUT = "crates/objects/src/unicode/generated/tables.rs"

FLAGS = ["ALPHA", "DECIMAL", "DIGIT", "NUMERIC", "LOWER", "UPPER", "TITLE", "SPACE", "LINE_BREAK", "PRINTABLE",
         "XID_START", "XID_CONTINUE", "CASED", "CASE_IGNORABLE", "EXTRA_LOWER", "EXTRA_UPPER", "EXTRA_TITLE",
         "EXTRA_FOLD"]
CATEGORIES = ["Cn", "Lu", "Ll", "Lt", "Mn", "Mc", "Me", "Nd", "Nl", "No", "Zs", "Zl", "Zp", "Cc", "Cf", "Cs", "Co",
              "Lm", "Lo", "Pc", "Pd", "Ps", "Pe", "Pi", "Pf", "Po", "Sm", "Sc", "Sk", "So"]
extra = []
extra_at = {}


def mapping(c, mapped, simple):
    """A difference, or the place in the table of longer mappings."""
    if len(mapped) == 1:
        return ord(mapped) - ord(c), False
    entry = (simple, len(mapped), *map(ord, mapped))
    if entry not in extra_at:
        extra_at[entry] = len(extra)
        extra.extend(entry)
    return extra_at[entry], True


def record(cp):
    c = chr(cp)
    tests = {
        "ALPHA": c.isalpha(), "DECIMAL": c.isdecimal(), "DIGIT": c.isdigit(), "NUMERIC": c.isnumeric(),
        "LOWER": c.islower(), "UPPER": c.isupper(), "TITLE": unicodedata.category(c) == "Lt",
        "SPACE": c.isspace(), "LINE_BREAK": len(("a" + c + "b").splitlines()) == 2, "PRINTABLE": c.isprintable(),
        "XID_START": c.isidentifier(), "XID_CONTINUE": ("a" + c).isidentifier(),
    }
    # Behind something cased, `title` makes lower case; in front of a sigma, only what counts makes it final.
    tests["CASED"] = (c + "x").title()[-1] == "x"
    final = (c + "\u03a3").lower()[-1] == "\u03c2"
    tests["CASE_IGNORABLE"] = not final and ("A" + c + "\u03a3").lower()[-1] == "\u03c2"
    lower, tests["EXTRA_LOWER"] = mapping(c, c.lower(), _sre.unicode_tolower(cp))
    upper, tests["EXTRA_UPPER"] = mapping(c, c.upper(), cp)
    title, tests["EXTRA_TITLE"] = mapping(c, c.title(), cp)
    fold, tests["EXTRA_FOLD"] = mapping(c, c.casefold(), cp)
    bits = sum(1 << i for i, f in enumerate(FLAGS) if tests[f])
    return (bits, CATEGORIES.index(unicodedata.category(c)), unicodedata.decimal(c, 255), unicodedata.digit(c, 255),
            lower, upper, title, fold)


def lines(numbers):
    row = ""
    for n in numbers:
        item = f"{n},"
        if len(row) + len(item) > 118:
            yield row
            row = ""
        row += item
    if row:
        yield row


def array(out, name, kind, numbers):
    out.write(f"pub static {name}: [{kind}; {len(numbers)}] = [\n")
    for row in lines(numbers):
        out.write(row + "\n")
    out.write("];\n")


def two_stages(table, shift):
    blocks, first, second = {}, [], []
    for i in range(0, len(table), 1 << shift):
        block = tuple(table[i:i + (1 << shift)])
        if block not in blocks:
            blocks[block] = len(second) >> shift
            second.extend(block)
        first.append(blocks[block])
    return first, second


def main():
    records, table = {}, []
    for cp in range(sys.maxunicode + 1):
        table.append(records.setdefault(record(cp), len(records)))
    first, second = two_stages(table, 7)
    with open(OUT, "w") as out:
        out.write("//! Written by tools/unicode_tables.py from UCD 16.0.0.\n\nuse super::super::Record;\n\n")
        for i, f in enumerate(FLAGS):
            out.write(f"pub const {f}: u32 = 1 << {i};\n")
        out.write("/// The general categories by number.\npub static CATEGORIES: [&str; %d] = %s;\n"
                  % (len(CATEGORIES), str(CATEGORIES).replace("'", '"')))
        out.write(f"pub static RECORDS: [Record; {len(records)}] = [\n")
        for r in records:
            out.write("Record { flags: %d, category: %d, decimal: %d, digit: %d, lower: %d, upper: %d, title: %d, fold: %d },\n" % r)
        out.write("];\n/// Longer mappings: the simple one, the number of code points, the code points.\n")
        array(out, "EXTRA", "u32", extra)
        out.write("/// Blocks of 128 code points.\n")
        array(out, "FIRST", "u8" if max(first) < 256 else "u16", first)
        array(out, "SECOND", "u8" if len(records) <= 256 else "u16", second)
    print(len(records), "records", len(extra), "extra", max(first), "blocks")


main()
