"""Generators, closures, comprehensions."""


def primes():
    found = {}
    n = 2
    while True:
        step = found.pop(n, None)
        if step is None:
            found[n * n] = n
            yield n
        else:
            m = n + step
            while m in found:
                m += step
            found[m] = step
        n += 1


def take(n, it):
    for _, x in zip(range(n), it):
        yield x


def counter():
    count = 0

    def bump(by=1):
        nonlocal count
        count += by
        return count

    return bump


def main():
    bump = counter()
    total = 0
    for p in take(9000, primes()):
        total += bump(p)
    pairs = sum(a * b for a, b in zip((i & 15 for i in range(150_000)), map(lambda x: x + 1, range(150_000))))
    return total, pairs, bump()


EXPECTED = (1146929862724, 84378750000, 397219322)


if __name__ == "__main__":
    from time import perf_counter

    begin = perf_counter()
    result = main()
    elapsed = perf_counter() - begin
    assert result == EXPECTED, result
    print("seconds:", elapsed)
