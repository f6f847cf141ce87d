"""Lists: append, index, slices, comprehensions, sort."""


def main():
    numbers = [(i * 7919) % 100_003 for i in range(100_000)]
    evens = [n for n in numbers if n % 2 == 0]
    squares = []
    for n in evens:
        squares.append(n * n)
    for i in range(len(squares) - 1):
        if squares[i] > squares[i + 1]:
            squares[i], squares[i + 1] = squares[i + 1], squares[i]
    numbers.sort()
    odd = numbers[1::2]
    odd.reverse()
    odd.sort(key=lambda n: -n)
    total = 0
    for a, b in zip(odd, squares):
        total += a ^ b
    return total, sum(odd), max(squares), len(squares)


EXPECTED = (166667420762938, 2500023754, 10000400004, 50000)


if __name__ == "__main__":
    from time import perf_counter

    begin = perf_counter()
    result = main()
    elapsed = perf_counter() - begin
    assert result == EXPECTED, result
    print("seconds:", elapsed)
