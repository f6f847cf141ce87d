"""Packed records."""

import struct


def main():
    s = struct.Struct("<IhdQ")
    total = 0
    for i in range(40_000):
        total += s.unpack(s.pack(i, -2, 3.0, i << 20))[3]
    return total


EXPECTED = 838839828480000


if __name__ == "__main__":
    from time import perf_counter

    begin = perf_counter()
    result = main()
    elapsed = perf_counter() - begin
    assert result == EXPECTED, result
    print("seconds:", elapsed)
