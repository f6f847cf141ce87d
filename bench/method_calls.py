"""Method calls, inheritance, properties."""


class Counter:
    def __init__(self):
        self.count = 0

    def add(self, n):
        self.count += n

    def twice(self, n):
        self.add(n)
        self.add(n)

    @property
    def total(self):
        return self.count


class Limited(Counter):
    def __init__(self, limit):
        super().__init__()
        self.limit = limit

    def add(self, n):
        if self.count + n > self.limit:
            self.count = 0
        super().add(n)


def main():
    c = Counter()
    d = Limited(1000)
    seen = 0
    for i in range(150_000):
        c.twice(i & 3)
        d.add(i & 7)
        seen += d.total
    return c.total, d.total, seen


EXPECTED = (450000, 707, 75193373)


if __name__ == "__main__":
    from time import perf_counter

    begin = perf_counter()
    result = main()
    elapsed = perf_counter() - begin
    assert result == EXPECTED, result
    print("seconds:", elapsed)
