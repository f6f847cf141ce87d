"""Patterns compiled, searched, replaced and iterated over."""

import re


def main():
    text = "The quick brown fox jumps over the lazy dog 12345 foo@bar.com " * 300
    words, mail = re.compile(r"[a-z]+|\d+"), re.compile(r"\w+@\w+\.com")
    total = 0
    for i in range(8):
        re.purge()
        total += len(re.compile(r"(?P<a>\w+)@(\w+)\.com|[a-z]{2,%d}(?=x)" % (i + 4)).pattern)
        total += len(mail.findall(text)) + len(words.sub("x", text)) + sum(m.start() for m in words.finditer(text))
        total += re.search(r"zzz|\d+z", text) is None
    return total


EXPECTED = 290193906


if __name__ == "__main__":
    from time import perf_counter

    begin = perf_counter()
    result = main()
    elapsed = perf_counter() - begin
    assert result == EXPECTED, result
    print("seconds:", elapsed)
