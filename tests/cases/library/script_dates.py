import datetime as dt, zoneinfo, calendar, time, pickle, copy
d = dt.date(2024, 2, 29)
print(d, repr(d), d.isocalendar(), d.isocalendar().week, d.replace(year=2023, day=28), d.strftime("%A %d %B %Y %j %U %W %V %G %u %y %%"), f"{d:%d/%m}")
for s in ["2024-02-29", "20240229", "2024-W09-4", "2024W094", "2024-13-01", "2024-02-30", "x", "2024-2-9", ""]:
    try: print(s, dt.date.fromisoformat(s))
    except Exception as e: print(type(e).__name__, e)
for s in ["2024-02-29T12:34:56.789012+02:00", "20240229T123456Z", "2024-02-29 12", "2024-02-29T24:00", "2024-02-29T24:01", "2024-W09-4T10:00-03:30:15.5", "2024-02-29T12:34:56,7", "2024-02-29T", "2024-02-29T25:00", "2024-02-29T12:34:56+25:00", "2024-02-29é10:11"]:
    try: x = dt.datetime.fromisoformat(s); print(s, x, repr(x))
    except Exception as e: print(type(e).__name__, e)
for s in ["12:34", "T123456.5", "12:34:56Z", "1234", "24:00", "12:34:56.1234567+01:30", "9:00", "12:60"]:
    try: print(s, repr(dt.time.fromisoformat(s)))
    except Exception as e: print(type(e).__name__, e)
td = dt.timedelta(days=-1, hours=5, milliseconds=7)
print(td, repr(td), td.total_seconds(), abs(td), td // dt.timedelta(hours=1), divmod(td, dt.timedelta(minutes=7)), td * 1.5, td / 3, -td, td % dt.timedelta(hours=2))
now = dt.datetime(2024, 3, 31, 1, 59, 59, tzinfo=dt.timezone.utc)
for z in ["Europe/Berlin", "America/New_York", "Asia/Kolkata", "UTC", "Australia/Lord_Howe"]:
    tz = zoneinfo.ZoneInfo(z); x = now.astimezone(tz); y = (now + dt.timedelta(seconds=1)).astimezone(tz)
    print(z, x, y, x.tzname(), x.utcoffset(), x.dst(), repr(tz), str(tz))
b = zoneinfo.ZoneInfo("Europe/Berlin")
a = dt.datetime(2024, 10, 27, 2, 30, tzinfo=b); print(a, a.replace(fold=1), a.timestamp(), a.replace(fold=1).timestamp(), a == a.replace(fold=1))
try: zoneinfo.ZoneInfo("Mars/Base")
except zoneinfo.ZoneInfoNotFoundError as e: print(e)
print(dt.datetime.strptime("17 May 2024 03:04 PM +0530", "%d %B %Y %I:%M %p %z"), dt.datetime.strptime("24-137", "%y-%j"))
for args in [("x", "%Y"), ("2024", "%Y %m"), ("2024x", "%Y"), ("1", "%Q"), ("31 02", "%d %m")]:
    try: print(dt.datetime.strptime(*args))
    except Exception as e: print(type(e).__name__, e)
x = dt.datetime(1999, 12, 31, 23, 59, 59, 999999, fold=1)
print(x.isoformat(" ", "milliseconds"), x.ctime(), x.timetuple(), x.toordinal(), x.date(), x.time(), x.weekday(), pickle.loads(pickle.dumps(x)) == x, copy.copy(x), x.strftime("%Y%m%d %H%M%S.%f %z|%Z|"))
print(dt.datetime(5, 1, 1).strftime("%Y-%m-%d %C %F %G"), dt.datetime.min, dt.datetime.max, dt.date.resolution, dt.time(1, 2, tzinfo=dt.timezone(dt.timedelta(hours=-3), "X")).strftime("%H %Z %z %:z"))
for f in [lambda: dt.date(2023, 2, 29), lambda: dt.datetime(2024, 1, 1, 24), lambda: dt.datetime.max + dt.timedelta(1), lambda: dt.timedelta(10**10), lambda: d - x, lambda: d < x, lambda: x < now, lambda: dt.timezone(dt.timedelta(days=1)), lambda: dt.datetime(1), lambda: dt.date("x"), lambda: dt.date.fromtimestamp(1e20), lambda: dt.time(12) - dt.time(11), lambda: dt.datetime.fromisoformat(5), lambda: dt.date.fromisocalendar(2024, 54, 1)]:
    try: print(f())
    except Exception as e: print(type(e).__name__, e)
print(calendar.month(2024, 2), calendar.monthrange(2024, 2), calendar.isleap(1900), list(calendar.Calendar(6).itermonthdays(2024, 3))[:9])
print(calendar.TextCalendar(0).formatyear(2024, m=6)[:300]); print(calendar.HTMLCalendar().formatmonth(2024, 2)[:200]); print(calendar.timegm((2024, 1, 1, 0, 0, 0)))
