"""The largest singular value of an infinite matrix, cut off."""


def a(i, j):
    return 1.0 / ((i + j) * (i + j + 1) // 2 + i + 1)


def times(v):
    n = range(len(v))
    return [sum(a(i, j) * v[j] for j in n) for i in n]


def transposed_times(v):
    n = range(len(v))
    return [sum(a(j, i) * v[j] for j in n) for i in n]


def main():
    u = [1.0] * 110
    for _ in range(6):
        v = transposed_times(times(u))
        u = transposed_times(times(v))
    vbv = sum(x * y for x, y in zip(u, v))
    vv = sum(x * x for x in v)
    return f"{(vbv / vv) ** 0.5:.9f}"


EXPECTED = '1.274220995'


if __name__ == "__main__":
    from time import perf_counter

    begin = perf_counter()
    result = main()
    elapsed = perf_counter() - begin
    assert result == EXPECTED, result
    print("seconds:", elapsed)
