"""Texts formatted and joined."""

def main():
    words = [f"w{i}" for i in range(5000)]
    total = 0
    for _ in range(10):
        total += len(", ".join(f"{i:>8}|{i * 1.5:.2f}|{w}" for i, w in enumerate(words)))
        total += len("".join(["%d %s %.3f" % (i, w, i) for i, w in enumerate(words)]))
        total += len("".join(["{} {:>5} {x}".format(i, w, x=3) for i, w in enumerate(words)]))
        total += len(", ".join(words).split(", "))
    return total


EXPECTED = 2737070


if __name__ == "__main__":
    from time import perf_counter

    begin = perf_counter()
    result = main()
    elapsed = perf_counter() - begin
    assert result == EXPECTED, result
    print("seconds:", elapsed)
