"""Sorting by keys."""

from operator import itemgetter


def main():
    pairs = [((i * 7919) % 20011 / 7, str((i * 31) % 20011)) for i in range(20_000)]
    total = 0
    for _ in range(8):
        total += len(sorted(pairs, key=itemgetter(0))) + int(sorted(pairs, key=lambda p: p[1])[77][1])
        total += int(min(pairs, key=lambda p: p[0])[1]) + len(sorted(pairs))
    return total


EXPECTED = 400528


if __name__ == "__main__":
    from time import perf_counter

    begin = perf_counter()
    result = main()
    elapsed = perf_counter() - begin
    assert result == EXPECTED, result
    print("seconds:", elapsed)
