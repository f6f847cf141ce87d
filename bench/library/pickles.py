"""Pickles of plain data and of objects."""

import pickle


class Point:
    def __init__(self, i):
        self.x, self.y, self.l = i, "name", [i]


def main():
    data = {"a": [1, 2.5, "text", None, True, {"k": "v" * 20}] * 50, "b": {str(i): i for i in range(200)}}
    points = [Point(i) for i in range(1000)]
    total = 0
    for _ in range(100):
        total += len(pickle.loads(pickle.dumps(data)))
    for _ in range(10):
        total += pickle.loads(pickle.dumps(points))[-1].x
    return total


EXPECTED = 10190


if __name__ == "__main__":
    from time import perf_counter

    begin = perf_counter()
    result = main()
    elapsed = perf_counter() - begin
    assert result == EXPECTED, result
    print("seconds:", elapsed)
