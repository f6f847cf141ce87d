"""JSON written and read."""

import json


def main():
    data = {"a": [1, 2.5, "text", None, True, {"k": "v" * 20}] * 50, "b": {str(i): i for i in range(200)}, "u": "grüße" * 20}
    size = 0
    for _ in range(300):
        text = json.dumps(data)
        size += len(text) + len(json.loads(text))
    return size


EXPECTED = 1636800


if __name__ == "__main__":
    from time import perf_counter

    begin = perf_counter()
    result = main()
    elapsed = perf_counter() - begin
    assert result == EXPECTED, result
    print("seconds:", elapsed)
