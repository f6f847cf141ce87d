"""Dates, times and differences: values, texts and errors."""
from datetime import date, datetime, time, timedelta, timezone, tzinfo

EXPRESSIONS = r"""
date()
date(1)
date(0,1,1)
date(2020,13,1)
date(2020,4,31)
date(2020,1,0)
date(1.5,1,1)
date('x',1,1)
datetime(2020,1)
datetime(2020,1,1,24)
datetime(2020,1,1,0,60)
datetime(2020,1,1,0,0,60)
datetime(2020,1,1,0,0,0,10**6)
datetime(2020,1,1,fold=2)
datetime(2020,1,1,tzinfo=3)
time(24)
time(0,60)
time(tzinfo=3)
timedelta(10**9)
timedelta(days='x')
timedelta.max+timedelta(1)
timedelta(1)*1e300
timedelta(1)/0
timedelta(1)//0
timedelta(1)%timedelta(0)
timedelta(1)+1
date.max+timedelta(1)
datetime.max+timedelta(1)
date(2020,1,1)<1
date(2020,1,1)<datetime(2020,1,1)
date(2020,1,1)==datetime(2020,1,1)
datetime(2020,1,1)<datetime(2020,1,1,tzinfo=timezone.utc)
datetime(2020,1,1)-datetime(2020,1,1,tzinfo=timezone.utc)
date.fromisoformat('x')
datetime.fromisoformat('2020-13-01')
date.fromisoformat(3)
timezone(3)
timezone(timedelta(1))
timezone(timedelta(hours=1),3)
timezone(timedelta(0))
timezone(timedelta(hours=1))
timezone(timedelta(hours=1),'X')
timezone.utc.utcoffset(3)
timezone.utc.tzname(None)
str(timezone(timedelta(hours=-5,minutes=30,seconds=1,microseconds=3)))
date.fromordinal(0)
date.fromordinal(10**7)
datetime.fromtimestamp(1e20)
datetime.fromtimestamp(float('nan'))
datetime.fromtimestamp('x')
date.fromisocalendar(2020,54,1)
date.fromisocalendar(2020,1,8)
date.fromisocalendar(0,1,1)
datetime(2020,1,1).isoformat(timespec='x')
datetime(2020,1,1,1,2,3,4).isoformat(' ','milliseconds')
time(1,2,3,4,fold=1)
datetime(2020,1,1,1,2,fold=1,tzinfo=timezone.utc)
timedelta(days=-1,seconds=5,microseconds=7)
timedelta()
timedelta(microseconds=5)
str(timedelta(-1,5))
str(timedelta(2,5,7))
datetime.combine(1,2)
datetime.combine(date(2020,1,1),time(1))
datetime.now(3)
tzinfo().utcoffset(None)
tzinfo().fromutc(datetime(2020,1,1))
datetime(2020,1,1).replace(tzinfo=3)
datetime(2020,1,1).astimezone(3)
date(2020,1,1)-timedelta(1)
date(2020,1,1)-date(2019,1,1)
date(2020,1,1)-3
3-date(2020,1,1)
time(1)<time(2,tzinfo=timezone.utc)
time(1)==time(2,tzinfo=timezone.utc)
date(2020,1,1).__reduce__()
datetime(2020,1,1,tzinfo=timezone.utc).__reduce__()
time(1,fold=1).__reduce__()
time(1,fold=1).__reduce_ex__(4)
timedelta(1).__reduce__()
timezone.utc.__reduce__()
timezone.utc.__getinitargs__()
timezone(timedelta(hours=1),'X').__getinitargs__()
date(b'\x07\xe4\x01\x02')
datetime(b'\x07\xe4\x01\x02\0\0\0\0\0\0')
datetime(b'\x07\xe4\x81\x02\0\0\0\0\0\0')
date(b'123')
datetime(1,1,1,tzinfo=timezone(timedelta(hours=1)))<datetime(1,1,1,tzinfo=timezone.utc)
timedelta(1).total_seconds()
timedelta(1)/timedelta(3)
divmod(timedelta(1),timedelta(hours=7))
timedelta(1)*1.5
2.5*timedelta(1)
timedelta(1)/7
timedelta(1)/2.5
timedelta(1)//7
-timedelta(1,2)
abs(timedelta(-1,2))
date(2020,1,1).strftime(3)
date(2020,1,1).strftime('%Y-%m-%d%%')
format(datetime(2020,1,1,5),'%H:%M')
date(2020,1,1).ctime()
datetime(2020,1,1).timetuple()
datetime(2020,1,1,tzinfo=timezone.utc).utctimetuple()
datetime.fromtimestamp(-1.5,timezone.utc)
datetime.strptime('2020-01-01','%Y-%m-%d')
date.strptime('2020-01-01','%Y-%m-%d')
time.strptime('10','%H')
timezone.min
date(2020,1,1).replace(1,2,3,4)
date(2020,1,1).replace(foo=1)
datetime(2020,1,1).__replace__(year=1)
timezone.utc==timezone(timedelta(0))
hash(timezone.utc)==hash(timedelta(0))
timedelta(1)<3
timedelta(1)==3
timedelta(seconds=1e-7*5)
timedelta(seconds=0.5,microseconds=.5)
timedelta(microseconds=1.5)
timedelta(microseconds=2.5)
time.fromisoformat('24:00')
datetime.fromisoformat('20200101T010203.5+01:30')
datetime.fromisoformat('2020-W01-1')
datetime.fromisoformat('2020-01-01T24:00')
timedelta.min
timedelta.resolution
date.min
datetime.max
time.max
date.resolution
time.resolution
date.today().__class__
time.fromisoformat('T04:05:06Z')
datetime.fromisoformat('2020-01-01 00:00:00.123456+00:00')
"""

for text in EXPRESSIONS.split("\n"):
    if text:
        try:
            print(text, "->", repr(eval(text)))
        except Exception as e:
            print(text, "!!", type(e).__name__, e)

# Offsets in strftime, next to directives that only the library knows.
for zone in (timezone.utc, timezone(timedelta(hours=-5, minutes=-30)), timezone(timedelta(seconds=3661), "X")):
    for form in ("%Z", "%z", "%:z", "%G %z", "%Y-%m-%dT%H:%M:%S.%f%:z é %a %j %I%p"):
        print(datetime(2024, 2, 29, 23, 59, 59, tzinfo=zone).strftime(form), time(1, 2, tzinfo=zone).strftime(form))
