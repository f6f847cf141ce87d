"""Reading and writing attributes of instances."""


class Point:
    def __init__(self, x, y):
        self.x = x
        self.y = y
        self.steps = 0


def main():
    p = Point(0, 1)
    q = Point(3, 4)
    for i in range(800_000):
        p.x += q.y
        p.y = p.x - q.x
        q.x = p.y & 1023
        p.steps += 1
    return p.x, p.y, q.x, p.steps


EXPECTED = (3200000, 3199491, 515, 800000)


if __name__ == "__main__":
    from time import perf_counter

    begin = perf_counter()
    result = main()
    elapsed = perf_counter() - begin
    assert result == EXPECTED, result
    print("seconds:", elapsed)
