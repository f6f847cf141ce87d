"""Digests of long and short data."""

import hashlib


def main():
    data, last = b"x" * 100_000, ""
    for name in ("md5", "sha1", "sha256", "sha512", "sha3_256", "blake2b"):
        for _ in range(10):
            last = hashlib.new(name, data).hexdigest()
    for i in range(5000):
        last = hashlib.sha256(last.encode()).hexdigest()
    return last


EXPECTED = "254e6ee50c29ba711312ce21a00fa8a53f801c96859a5f8b925e0c2c4c19e2bb"


if __name__ == "__main__":
    from time import perf_counter

    begin = perf_counter()
    result = main()
    elapsed = perf_counter() - begin
    assert result == EXPECTED, result
    print("seconds:", elapsed)
