"""Chains of itertools."""

import itertools
from operator import itemgetter


def main():
    total = 0
    for _ in range(10):
        total += sum(itertools.islice(itertools.chain.from_iterable(itertools.repeat(range(100), 300)), 20_000))
        total += sum(1 for _ in itertools.combinations(range(40), 3))
        total += sum(len(list(g)) for _, g in itertools.groupby(itertools.product(range(60), range(60)), key=itemgetter(0)))
        total += sum(a * b for a, b in zip(itertools.count(), itertools.accumulate(range(5000))))
    return total


EXPECTED = 781145812122300


if __name__ == "__main__":
    from time import perf_counter

    begin = perf_counter()
    result = main()
    elapsed = perf_counter() - begin
    assert result == EXPECTED, result
    print("seconds:", elapsed)
