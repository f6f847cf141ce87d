"""Zones read from TZif data: transitions, rules behind them, folds, errors."""
import io
import struct
from datetime import datetime, timedelta, timezone
from zoneinfo import ZoneInfo


def tzif(rules, times=(), kinds=((0, 0, 0),), indexes=(), names=b"UTC\0"):
    def part(size):
        out = struct.pack(">6l", 0, 0, 0, len(times), len(kinds), len(names))
        out += struct.pack(f">{len(times)}{size}", *times) + bytes(indexes)
        return out + b"".join(struct.pack(">lbb", *k) for k in kinds) + names
    head = b"TZif2" + b"\0" * 15
    return io.BytesIO(head + part("l") + head + part("q") + b"\n" + rules + b"\n")


def show(zone, *moments):
    for m in moments:
        m = m.replace(tzinfo=zone)
        print(m.isoformat(), m.fold, m.utcoffset(), m.dst(), m.tzname(), m.astimezone(timezone.utc).isoformat())


us = ZoneInfo.from_file(tzif(b"EST5EDT,M3.2.0,M11.1.0"), key="US")
show(us, datetime(2024, 1, 1), datetime(2024, 3, 10, 2, 30), datetime(2024, 7, 4), datetime(2024, 11, 3, 1, 30), datetime(2024, 11, 3, 1, 30, fold=1))
for hour in range(4, 8):
    d = datetime(2024, 11, 3, hour, 30, tzinfo=timezone.utc).astimezone(us)
    print(d, d.fold)
print(us, repr(us), us.key, us.utcoffset(None), us.dst(None), us.tzname(None))

south = ZoneInfo.from_file(tzif(b"<+10>-10<+11>,J275/2:30,95/3"), key="South")
show(south, datetime(2023, 1, 1), datetime(2024, 6, 1), datetime(2024, 10, 1, 2, 29), datetime(2024, 10, 1, 3))
negative = ZoneInfo.from_file(tzif(b"IST-1GMT0,M10.5.0,M3.5.0/1"), key="Negative")
show(negative, datetime(2024, 1, 1), datetime(2024, 7, 1), datetime(2024, 10, 27, 1, 30), datetime(2024, 10, 27, 1, 30, fold=1))

kinds = ((-18000, 0, 0), (-14400, 1, 4), (-17000, 0, 8))
times = (-2000000000, 0, 20000000, 1000000000)
hand = ZoneInfo.from_file(tzif(b"", times, kinds, (2, 1, 0, 1), b"EST\0EDT\0LMT\0"), key="Hand")
show(hand, *(datetime(1970, 1, 1) + timedelta(seconds=s + d) for s in times for d in (-20000, -16000, 0)))
for s in times:
    for d in (-1, 0, 1800, 3600):
        m = (datetime(1970, 1, 1, tzinfo=timezone.utc) + timedelta(seconds=s + d)).astimezone(hand)
        print(m, m.fold)

fixed = ZoneInfo.from_file(tzif(b""))
print(fixed.utcoffset(None), fixed.key, repr(fixed).startswith("zoneinfo.ZoneInfo.from_file("))


class Own(datetime):
    pass


moved = Own(2024, 11, 3, 6, 30, tzinfo=us)
print(type(us.fromutc(moved)).__name__, us.fromutc(moved).fold)
for bad in (lambda: us.fromutc(datetime(2024, 1, 1)), lambda: us.fromutc(5), lambda: us.utcoffset(5), lambda: us.__reduce__()):
    try:
        bad()
    except Exception as e:
        print(type(e).__name__, e)
for rules in (b"AAA", b"+5", b"AAA25", b"EST5EDT", b"AAA3,M3.2.0", b"EST5EDT,M3", b"A3B,M13.1.1,M1.1.1", b"A3B,M3.5.1,M1.1.1,4", b"A3B,J0,J5", b"A3B,M3.5.1/168,J1"):
    try:
        ZoneInfo.from_file(tzif(rules))
    except ValueError as e:
        print(e)
