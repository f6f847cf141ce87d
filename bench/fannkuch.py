"""Reversing the fronts of permutations."""


def fannkuch(n):
    p = list(range(n))
    count = [0] * n
    best = 0
    checksum = 0
    sign = 1
    while True:
        if p[0]:
            q = p[:]
            flips = 0
            while True:
                first = q[0]
                if not first:
                    break
                q[: first + 1] = q[first::-1]
                flips += 1
            if flips > best:
                best = flips
            checksum += sign * flips
        if sign == 1:
            p[0], p[1] = p[1], p[0]
            sign = -1
        else:
            p[1], p[2] = p[2], p[1]
            sign = 1
            i = 2
            while True:
                count[i] += 1
                if count[i] <= i:
                    break
                count[i] = 0
                i += 1
                if i == n:
                    return checksum, best
                p.insert(i, p.pop(0))


def main():
    return fannkuch(8)


EXPECTED = (1616, 22)


if __name__ == "__main__":
    from time import perf_counter

    begin = perf_counter()
    result = main()
    elapsed = perf_counter() - begin
    assert result == EXPECTED, result
    print("seconds:", elapsed)
