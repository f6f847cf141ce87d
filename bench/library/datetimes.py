"""Arithmetic with dates and times."""

from datetime import date, datetime, timedelta, timezone


def main():
    begin, step = datetime(2020, 1, 1, tzinfo=timezone.utc), timedelta(hours=7, minutes=3)
    moment, total = begin, 0
    for i in range(30_000):
        moment += step
        total += (moment - begin).days + (moment > begin) + moment.weekday()
    for i in range(5000):
        total += (date(2020, 1, 1) + timedelta(days=i)).toordinal()
        total += datetime.fromisoformat(datetime(2020, 1, 1, 5, 7).isoformat()).hour
    return total


EXPECTED = 3831944497


if __name__ == "__main__":
    from time import perf_counter

    begin = perf_counter()
    result = main()
    elapsed = perf_counter() - begin
    assert result == EXPECTED, result
    print("seconds:", elapsed)
