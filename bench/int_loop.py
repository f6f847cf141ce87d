"""Integer arithmetic in nested loops."""


def main():
    total = 0
    for i in range(1200):
        for j in range(1000):
            total += (i * j) ^ (i + j)
            total &= 0xFFFFFFF
    k = 0
    while k < 1_000_000:
        total += k & 7
        k += 1
    return total


EXPECTED = 179702784


if __name__ == "__main__":
    from time import perf_counter

    begin = perf_counter()
    result = main()
    elapsed = perf_counter() - begin
    assert result == EXPECTED, result
    print("seconds:", elapsed)
