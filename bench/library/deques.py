"""Queues with two ends."""

from collections import deque


def main():
    d, total = deque(maxlen=100), 0
    for i in range(100_000):
        d.append(i)
        d.appendleft(-i)
        if i % 3 == 0:
            total += d.pop()
        d.rotate(1)
    return total + len(d)


EXPECTED = -1661719391


if __name__ == "__main__":
    from time import perf_counter

    begin = perf_counter()
    result = main()
    elapsed = perf_counter() - begin
    assert result == EXPECTED, result
    print("seconds:", elapsed)
