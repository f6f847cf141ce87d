"""The same on text beyond ASCII."""

import re


def main():
    text = "Der schnelle Fuchs läuft über 12345 grüne Wiesen foo@bar.com " * 300
    words, mail = re.compile(r"[a-zäöüß]+|\d+"), re.compile(r"\w+@\w+\.com")
    total = 0
    for _ in range(8):
        total += len(mail.findall(text)) + len(words.sub("ü", text)) + sum(m.start() for m in words.finditer(text))
    return total


EXPECTED = 241611600


if __name__ == "__main__":
    from time import perf_counter

    begin = perf_counter()
    result = main()
    elapsed = perf_counter() - begin
    assert result == EXPECTED, result
    print("seconds:", elapsed)
