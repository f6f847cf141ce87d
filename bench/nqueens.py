"""Queens on a board, by generators and sets."""


def queens(n):
    columns = []
    taken, up, down = set(), set(), set()

    def place(row):
        if row == n:
            yield tuple(columns)
            return
        for c in range(n):
            if c in taken or row + c in up or row - c in down:
                continue
            taken.add(c)
            up.add(row + c)
            down.add(row - c)
            columns.append(c)
            yield from place(row + 1)
            columns.pop()
            taken.remove(c)
            up.remove(row + c)
            down.remove(row - c)

    yield from place(0)


def main():
    for _ in range(50):
        found = list(queens(8))
    return len(found), found[0], found[-1]


EXPECTED = (92, (0, 4, 7, 5, 2, 6, 1, 3), (7, 3, 0, 2, 5, 1, 6, 4))


if __name__ == "__main__":
    from time import perf_counter

    begin = perf_counter()
    result = main()
    elapsed = perf_counter() - begin
    assert result == EXPECTED, result
    print("seconds:", elapsed)
