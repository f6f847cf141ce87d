"""Raising and catching."""


class Stop(Exception):
    pass


def check(n):
    if n % 3 == 0:
        raise ValueError(n)
    if n % 5 == 0:
        raise Stop
    return n


def main():
    values = stops = 0
    total = 0
    d = {}
    for i in range(150_000):
        try:
            total += check(i)
        except ValueError as e:
            values += e.args[0]
        except Stop:
            stops += 1
        try:
            total += d[i & 3]
        except KeyError:
            if i > 100_000:
                d[i & 3] = 1
    return total, values, stops


EXPECTED = (6000049995, 3749925000, 20000)


if __name__ == "__main__":
    from time import perf_counter

    begin = perf_counter()
    result = main()
    elapsed = perf_counter() - begin
    assert result == EXPECTED, result
    print("seconds:", elapsed)
