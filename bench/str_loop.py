"""Strings: building, splitting, searching, formatting."""


def main():
    words = []
    for i in range(60_000):
        words.append(f"{i:05d}-{i % 7}")
    text = " ".join(words)
    total = 0
    for w in text.split():
        if w.endswith("3") or w.find("99") >= 0:
            total += len(w.upper().replace("-", ""))
    out = ""
    for i in range(60_000):
        out += chr(97 + i % 26)
    return total, out.count("abc"), len(out), text[1000:1010], out.strip("ab")[:4]


EXPECTED = (60060, 2308, 60000, '00125-6 00', 'cdef')


if __name__ == "__main__":
    from time import perf_counter

    begin = perf_counter()
    result = main()
    elapsed = perf_counter() - begin
    assert result == EXPECTED, result
    print("seconds:", elapsed)
