"""Dictionaries: counting, grouping, iterating."""


def main():
    counts = {}
    for i in range(400_000):
        key = (i * i) % 1009
        counts[key] = counts.get(key, 0) + 1
    groups = {}
    for k, v in counts.items():
        groups.setdefault(v, []).append(k)
    names = {}
    for i in range(100_000):
        name = "k" + str(i % 500)
        if name in names:
            names[name] += i
        else:
            names[name] = i
    return len(counts), len(groups), sum(names.values())


EXPECTED = (505, 3, 4999950000)


if __name__ == "__main__":
    from time import perf_counter

    begin = perf_counter()
    result = main()
    elapsed = perf_counter() - begin
    assert result == EXPECTED, result
    print("seconds:", elapsed)
