"""Floating-point arithmetic."""


def main():
    x = 0.5
    total = 0.0
    for i in range(1, 1_500_001):
        x = 3.7 * x * (1.0 - x)
        total += x / i - 0.25 * x
    return round(total, 3)


EXPECTED = -250430.481


if __name__ == "__main__":
    from time import perf_counter

    begin = perf_counter()
    result = main()
    elapsed = perf_counter() - begin
    assert result == EXPECTED, result
    print("seconds:", elapsed)
