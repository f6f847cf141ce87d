"""CSV written and read."""

import csv
import io


def main():
    rows = [[str(i), f"name {i}", "x,y", '"q"', i] for i in range(1000)]
    total = 0
    for _ in range(20):
        f = io.StringIO()
        csv.writer(f).writerows(rows)
        total += sum(len(r) for r in csv.reader(io.StringIO(f.getvalue())))
    return total


EXPECTED = 100000


if __name__ == "__main__":
    from time import perf_counter

    begin = perf_counter()
    result = main()
    elapsed = perf_counter() - begin
    assert result == EXPECTED, result
    print("seconds:", elapsed)
