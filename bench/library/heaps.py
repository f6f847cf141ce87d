"""A queue by priority."""

import heapq


def main():
    total = 0
    for _ in range(5):
        heap = []
        for i in range(10_000):
            heapq.heappush(heap, ((i * 7919) % 10_007, i))
        while heap:
            total = (total * 31 + heapq.heappop(heap)[1]) % 1_000_003
    return total


EXPECTED = 926086


if __name__ == "__main__":
    from time import perf_counter

    begin = perf_counter()
    result = main()
    elapsed = perf_counter() - begin
    assert result == EXPECTED, result
    print("seconds:", elapsed)
