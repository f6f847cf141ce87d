//! datetime: a date and a time of day.

use super::date::{Date, check, number};
use super::delta::{DAY, Delta};
use super::time::{Clock, Time, tuple_of, with_fold};
use super::{answer, calendar, is_plain, missing, pickled, text, zone};
use crate::prelude::*;

/// Seconds from the ordinal 0 to 1970.
const EPOCH: i64 = 719_163 * 86_400;
/// Clocks are never turned back by more.
const MAX_FOLD: i64 = 86_400;

#[repr(C)]
pub struct DateTime {
    pub base: Date,
    pub clock: Clock,
    pub tz: Option<Value>,
}
payload!(DateTime, parent = Date);

/// What a datetime is made of.
#[derive(Default, Clone)]
pub struct Fields {
    pub year: i64,
    pub month: i64,
    pub day: i64,
    pub time: Clock,
    pub tz: Option<Value>,
}

impl Fields {
    fn payload(self) -> DateTime {
        let base = Date::of_parts(self.year as u16, self.month as u8, self.day as u8);
        DateTime { base, clock: self.time, tz: self.tz }
    }
    /// An object of the native class; the fields are known to be valid.
    pub fn make(self, ts: &ThreadState) -> Value {
        heap::new(ts, self.payload()).into_value()
    }
    /// An object of any class.
    fn build(self, ts: &ThreadState, cls: &Value) -> Result {
        if cls.is(DateTime::class(ts).as_value()) {
            check(ts, self.year, self.month, self.day)?;
            return Ok(self.make(ts));
        }
        let [h, m, s, us] = self.time.parts();
        with_fold(ts, cls, &[self.year, self.month, self.day, h, m, s, us], self.tz, self.time.fold)
    }
    /// From microseconds since the ordinal 0.
    #[inline]
    fn from_us(ts: &ThreadState, us: i128) -> Result<Fields> {
        let Ok(n) = u64::try_from(us) else { return Err(ts.overflow_error("date value out of range")) };
        let (days, rest) = ((n / DAY as u64) as i64, (n % DAY as u64) as i64);
        if !(1..=calendar::MAX_ORDINAL).contains(&days) {
            return Err(ts.overflow_error("date value out of range"));
        }
        let (year, month, day) = calendar::from_ordinal(days);
        Ok(Fields { year, month, day, time: Clock::from_total(rest), tz: None })
    }
}

/// Seconds and microseconds of a timestamp, rounded to the nearest, halves to even.
pub fn timestamp(ts: &ThreadState, v: &Value) -> Result<(i64, i64)> {
    let out = || ts.overflow_error("timestamp out of range for platform time_t");
    if let Some(f) = taipan_objects::float::view(v) {
        if f.is_nan() {
            return Err(ts.value_error("Invalid value NaN (not a number)"));
        }
        if !(-9.2e18..9.2e18).contains(&f) {
            return Err(out());
        }
        let mut seconds = f.trunc();
        let mut us = (f.fract() * 1e6).round_ties_even();
        if us >= 1e6 {
            (seconds, us) = (seconds + 1.0, us - 1e6);
        } else if us < 0.0 {
            (seconds, us) = (seconds - 1.0, us + 1e6);
        }
        return Ok((seconds as i64, us as i64));
    }
    if !has_int_form(ts, v)? {
        return Err(ts.type_error(format!("argument must be int or float, not {}", v.type_name(ts))));
    }
    Ok((to_i64(&protocol::index(ts, v)?).ok_or_else(out)?, 0))
}

/// Local time of seconds since 1970.
pub fn local(ts: &ThreadState, seconds: i64) -> Result<libc::tm> {
    let mut tm: libc::tm = crate::host::zeroed();
    let r = crate::host::c!(localtime_r(&seconds, &mut tm));
    if r.is_null() {
        return Err(crate::host::Errno::last().raise(ts));
    }
    Ok(tm)
}

/// Local seconds since the ordinal 0 at a moment counted likewise.
fn local_seconds(ts: &ThreadState, u: i64) -> Result<i64> {
    let t = local(ts, u - EPOCH)?;
    let days = calendar::ordinal(t.tm_year as i64 + 1900, t.tm_mon as i64 + 1, t.tm_mday as i64);
    Ok(days * 86_400 + t.tm_hour as i64 * 3600 + t.tm_min as i64 * 60 + t.tm_sec as i64)
}

/// The moment at which clocks show `t`: the first or the second one.
fn from_local(ts: &ThreadState, t: i64, fold: bool) -> Result<i64> {
    let a = local_seconds(ts, t)? - t;
    let u1 = t - a;
    let t1 = local_seconds(ts, u1)?;
    let b = if t1 == t {
        let u2 = if fold { u1 + MAX_FOLD } else { u1 - MAX_FOLD };
        let b = local_seconds(ts, u2)? - u2;
        if a == b {
            return Ok(u1);
        }
        b
    } else {
        t1 - u1
    };
    let u2 = t - b;
    if local_seconds(ts, u2)? == t {
        return Ok(u2);
    }
    if t1 == t {
        return Ok(u1);
    }
    // Clocks jump over this time.
    Ok(if fold { u1.min(u2) } else { u1.max(u2) })
}

fn now() -> (i64, i64) {
    let t = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap_or_default();
    (t.as_secs() as i64, t.subsec_micros() as i64)
}

pub fn now_seconds() -> f64 {
    let (s, us) = now();
    s as f64 + us as f64 / 1e6
}

pub fn ctime(y: i64, m: i64, d: i64, clock: &str) -> String {
    const DAYS: [&str; 7] = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"];
    const MONTHS: [&str; 12] = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
    let weekday = calendar::weekday(y, m, d) as usize;
    format!("{} {} {d:2} {clock} {y:04}", DAYS[weekday], MONTHS[m as usize - 1])
}

/// The local zone at a moment, as a fixed one.
fn local_zone(ts: &ThreadState, seconds: i64) -> Result {
    let t = local(ts, seconds)?;
    let name = if t.tm_zone.is_null() {
        None
    } else {
        // SAFETY: a terminated text that lives as long as the zone is set.
        let s = unsafe { std::ffi::CStr::from_ptr(t.tm_zone) };
        Some(crate::posix::path::fs_str(ts, s.to_bytes()))
    };
    zone::fixed(ts, t.tm_gmtoff as i128 * 1_000_000, name)
}

/// From seconds since 1970, in UTC or local time; then into a zone.
fn from_timestamp(ts: &ThreadState, cls: &Value, seconds: i64, us: i64, tz: Option<Value>, utc: bool) -> Result {
    let mut f = if utc || tz.is_some() {
        let n = seconds.div_euclid(86_400) + 719_163;
        if !(1..=calendar::MAX_ORDINAL).contains(&n) {
            let year = if n < 1 { 0 } else { calendar::from_ordinal(n.min(1 << 40)).0 };
            return Err(ts.value_error(format!("year must be in 1..9999, not {year}")));
        }
        let (year, month, day) = calendar::from_ordinal(n);
        let time = Clock::from_total(seconds.rem_euclid(86_400) * 1_000_000 + us);
        Fields { year, month, day, time, tz: None }
    } else {
        let t = local(ts, seconds)?;
        let clock = Clock { hour: t.tm_hour as u8, minute: t.tm_min as u8, second: t.tm_sec.min(59) as u8, fold: 0, us: us as u32 };
        let (year, month, day) = (t.tm_year as i64 + 1900, t.tm_mon as i64 + 1, t.tm_mday as i64);
        check(ts, year, month, day)?;
        let mut f = Fields { year, month, day, time: clock, tz: None };
        let moment = seconds + EPOCH;
        if (MAX_FOLD..calendar::MAX_ORDINAL * 86_400).contains(&(moment - MAX_FOLD)) {
            let shown = local_seconds(ts, moment)?;
            let transition = shown - local_seconds(ts, moment - MAX_FOLD)? - MAX_FOLD;
            if transition < 0 && local_seconds(ts, moment + transition)? == shown {
                f.time.fold = 1;
            }
        }
        f
    };
    f.tz = tz.clone();
    let made = f.build(ts, cls)?;
    match tz {
        Some(tz) => super::zoneinfo::ZoneInfo::local(ts, &tz, &made),
        None => Ok(made),
    }
}

impl DateTime {
    fn of(v: &Value) -> Option<&DateTime> {
        v.downcast::<DateTime>()
    }
    /// Microseconds since the ordinal 0.
    fn us(&self) -> i128 {
        self.base.ordinal() as i128 * DAY + self.clock.total() as i128
    }
    /// A number by which moments without a zone are ordered.
    fn order(&self) -> u64 {
        let day = (self.base.year as u64) << 9 | (self.base.month as u64) << 5 | self.base.day as u64;
        let c = &self.clock;
        day << 37 | (c.hour as u64) << 32 | (c.minute as u64) << 26 | (c.second as u64) << 20 | c.us as u64
    }
    fn fields(&self) -> Fields {
        let (year, month, day) = self.base.parts();
        Fields { year, month, day, time: self.clock, tz: self.tz.clone() }
    }
    /// Moved by microseconds, as an object of the class of `slf`.
    pub fn shifted(&self, ts: &ThreadState, slf: &Value, us: i128) -> Result {
        let mut f = Fields::from_us(ts, self.us() + us)?;
        f.tz = self.tz.clone();
        if is_plain::<DateTime>(ts, slf) {
            return Ok(f.make(ts));
        }
        f.build(ts, slf.class_ref(ts).as_value())
    }
    /// As [`DateTime::shifted`], with a fold.
    pub fn shifted_to(&self, ts: &ThreadState, slf: &Value, us: i128, fold: bool) -> Result {
        if !is_plain::<DateTime>(ts, slf) {
            let moved = self.shifted(ts, slf, us)?;
            if !fold {
                return Ok(moved);
            }
            let f = protocol::getattr_name(ts, &moved, "replace")?;
            let name = Str::intern(ts, "fold").into_value();
            return protocol::call_args(ts, &f, Args::with_keywords(&[], &[name], &[int_value(ts, 1)]));
        }
        let mut f = Fields::from_us(ts, self.us() + us)?;
        f.tz = self.tz.clone();
        f.time.fold = fold as u8;
        Ok(f.make(ts))
    }
    /// Seconds since 1970 by the clock that shows this.
    pub fn local_seconds(&self) -> i64 {
        self.base.ordinal() * 86_400 - EPOCH + self.clock.total() / 1_000_000
    }
    fn offset(&self, ts: &ThreadState, slf: &Value, method: &str) -> Result<Option<i128>> {
        zone::offset(ts, self.tz.as_ref(), method, slf)
    }
    /// Does the offset depend on the fold?
    fn ambiguous(&self, ts: &ThreadState, own: i128) -> Result<bool> {
        let mut f = self.fields();
        f.time.fold ^= 1;
        let flipped = f.make(ts);
        let other = zone::offset(ts, self.tz.as_ref(), "utcoffset", &flipped)?;
        Ok(other != Some(own))
    }
    fn state(&self) -> [u8; 10] {
        let mut out = [0; 10];
        out[..4].copy_from_slice(&self.base.state());
        out[4..].copy_from_slice(&self.clock.state());
        out
    }
    fn work_out_hash(ts: &ThreadState, slf: &Value, t: &DateTime) -> Result<i64> {
        // Both readings of an ambiguous time hash alike.
        let off = if t.clock.fold != 0 && t.tz.is_some() {
            let mut f = t.fields();
            f.time.fold = 0;
            zone::offset(ts, t.tz.as_ref(), "utcoffset", &f.make(ts))?
        } else {
            t.offset(ts, slf, "utcoffset")?
        };
        match off {
            None => protocol::hash(ts, &bytes_value(ts, &t.state())),
            Some(off) => protocol::hash(ts, &Delta::from_us(ts, t.us() - off)?),
        }
    }
    fn same_zone(&self, other: &DateTime) -> bool {
        match (&self.tz, &other.tz) {
            (None, None) => true,
            (Some(a), Some(b)) => a.is(b),
            _ => false,
        }
    }
}

/// datetime(year, month, day[, hour[, minute[, second[, microsecond[,tzinfo]]]]])
///
/// The year, month and day arguments are required. tzinfo may be None, or an
/// instance of a tzinfo subclass. The remaining arguments may be ints.
#[class(name = "datetime", module = "datetime", base = Date)]
impl DateTime {
    #[new("(year=<unrepresentable>, month=<unrepresentable>, day=<unrepresentable>, hour=0, minute=0, second=0, microsecond=0, tzinfo=None, *, fold=0)", no_signature)]
    #[allow(clippy::too_many_arguments)]
    fn new(
        cls: &Type,
        ts: &ThreadState,
        year: Option<&Value>,
        month: Option<&Value>,
        day: Option<&Value>,
        hour: i32,
        minute: i32,
        second: i32,
        microsecond: i32,
        tzinfo: Option<&Value>,
        fold: i32,
    ) -> Result<Ref<DateTime>> {
        let Some(year) = year else { return Err(missing(ts, "year", 1)) };
        if day.is_none()
            && let Some(state) = pickled::<10>(year)
            && (1..=12).contains(&(state[2] & 0x7f))
        {
            let tz = match month {
                Some(v) if !v.is_none() && !v.is_instance_of::<zone::TzInfo>() => return Err(ts.type_error("bad tzinfo state arg")),
                v => zone::check(ts, v)?,
            };
            let mut base = Date::from_state(&state);
            let mut clock = Clock::from_state(&state[4..]);
            (base.month, clock.fold) = (state[2] & 0x7f, state[2] >> 7);
            return Ok(heap::new_with_type(ts, cls, DateTime { base, clock, tz }));
        }
        let year = number(ts, year)?;
        let Some(month) = month else { return Err(missing(ts, "month", 2)) };
        let month = number(ts, month)?;
        let Some(day) = day else { return Err(missing(ts, "day", 3)) };
        let base = check(ts, year, month, number(ts, day)?)?;
        let clock = Clock::check(ts, hour as i64, minute as i64, second as i64, microsecond as i64, fold as i64)?;
        let tz = zone::check(ts, tzinfo)?;
        Ok(heap::new_with_type(ts, cls, DateTime { base, clock, tz }))
    }
    #[slot(repr)]
    fn repr(ts: &ThreadState, slf: &Value) -> Result {
        let Some(t) = DateTime::of(slf) else { return Err(ts.type_error("a datetime is required")) };
        let name = if is_plain::<DateTime>(ts, slf) { "datetime.datetime".into() } else { slf.type_name(ts) };
        let (y, m, d) = t.base.parts();
        let c = &t.clock;
        let mut out = format!("{name}({y}, {m}, {d}, {}, {}", c.hour, c.minute);
        if c.us != 0 {
            out.push_str(&format!(", {}, {}", c.second, c.us));
        } else if c.second != 0 {
            out.push_str(&format!(", {}", c.second));
        }
        if c.fold != 0 {
            out.push_str(", fold=1");
        }
        if let Some(tz) = &t.tz {
            out.push_str(&format!(", tzinfo={}", protocol::repr_lossy(ts, tz)?));
        }
        out.push(')');
        Ok(str_value(ts, &out))
    }
    #[slot(str)]
    fn str(ts: &ThreadState, slf: &Value) -> Result {
        let r = protocol::call_method(ts, slf, "isoformat", &[str_value(ts, " ")])?;
        Ok(protocol::str_(ts, &r)?.into_value())
    }
    #[slot(hash)]
    fn hash(ts: &ThreadState, slf: &Value) -> Result<i64> {
        let Some(t) = DateTime::of(slf) else { return Err(ts.type_error("a datetime is required")) };
        t.base.hashed(|| DateTime::work_out_hash(ts, slf, t))
    }
    #[slot(richcompare)]
    fn compare(ts: &ThreadState, a: &Value, b: &Value, op: CmpOp) -> Result {
        let (Some(x), Some(y)) = (DateTime::of(a), DateTime::of(b)) else { return Ok(Value::not_implemented()) };
        if x.same_zone(y) {
            return Ok(answer(op, x.order().cmp(&y.order())));
        }
        let (p, q) = (x.offset(ts, a, "utcoffset")?, y.offset(ts, b, "utcoffset")?);
        match (p, q) {
            (None, None) => Ok(answer(op, x.us().cmp(&y.us()))),
            (Some(p), Some(q)) => {
                let order = (x.us() - p).cmp(&(y.us() - q));
                if matches!(op, CmpOp::Eq | CmpOp::Ne) && order.is_eq() && (x.ambiguous(ts, p)? || y.ambiguous(ts, q)?) {
                    return Ok(Value::bool(op == CmpOp::Ne));
                }
                Ok(answer(op, order))
            }
            _ => match op {
                CmpOp::Eq => Ok(Value::bool(false)),
                CmpOp::Ne => Ok(Value::bool(true)),
                _ => Err(ts.type_error("can't compare offset-naive and offset-aware datetimes")),
            },
        }
    }
    #[slot(add)]
    fn add(ts: &ThreadState, a: &Value, b: &Value) -> Result {
        match (DateTime::of(a), b.downcast::<Delta>()) {
            (Some(t), Some(by)) => t.shifted(ts, a, by.total()),
            _ => match (DateTime::of(b), a.downcast::<Delta>()) {
                (Some(t), Some(by)) => t.shifted(ts, b, by.total()),
                _ => Ok(Value::not_implemented()),
            },
        }
    }
    #[slot(sub)]
    fn sub(ts: &ThreadState, a: &Value, b: &Value) -> Result {
        let Some(x) = DateTime::of(a) else { return Ok(Value::not_implemented()) };
        if let Some(by) = b.downcast::<Delta>() {
            return x.shifted(ts, a, -by.total());
        }
        let Some(y) = DateTime::of(b) else { return Ok(Value::not_implemented()) };
        let difference = x.us() - y.us();
        if x.same_zone(y) {
            return Delta::from_us(ts, difference);
        }
        match (x.offset(ts, a, "utcoffset")?, y.offset(ts, b, "utcoffset")?) {
            (None, None) => Delta::from_us(ts, difference),
            (Some(p), Some(q)) => Delta::from_us(ts, difference - p + q),
            _ => Err(ts.type_error("can't subtract offset-naive and offset-aware datetimes")),
        }
    }
    #[getter("hour")]
    fn get_hour(&self) -> u16 {
        self.clock.hour as u16
    }
    #[getter("minute")]
    fn get_minute(&self) -> u16 {
        self.clock.minute as u16
    }
    #[getter("second")]
    fn get_second(&self) -> u16 {
        self.clock.second as u16
    }
    #[getter("microsecond")]
    fn get_us(&self) -> u32 {
        self.clock.us
    }
    #[getter("tzinfo")]
    fn get_tz(&self) -> Option<Value> {
        self.tz.clone()
    }
    #[getter("fold")]
    fn get_fold(&self) -> u16 {
        self.clock.fold as u16
    }
    /// Returns new datetime object representing current time local to tz.
    ///
    ///   tz
    ///     Timezone object.
    ///
    /// If no tz is specified, uses local timezone.
    #[classmethod("now($type, /, tz=None)")]
    fn now(cls: &Value, ts: &ThreadState, tz: Option<&Value>) -> Result {
        let tz = zone::check(ts, tz)?;
        let (s, us) = now();
        from_timestamp(ts, cls, s, us, tz, false)
    }
    /// Return a new datetime representing UTC day and time.
    #[classmethod("utcnow($type, /)")]
    fn utcnow(cls: &Value, ts: &ThreadState) -> Result {
        let text = "datetime.datetime.utcnow() is deprecated and scheduled for removal in a future version. Use timezone-aware objects to represent datetimes in UTC: datetime.datetime.now(datetime.UTC).";
        warn(ts, Warning::Deprecation, text, 1)?;
        let (s, us) = now();
        from_timestamp(ts, cls, s, us, None, true)
    }
    /// timestamp[, tz] -> tz's local time from POSIX timestamp.
    #[classmethod("fromtimestamp($type, /, timestamp, tz=None)", no_signature)]
    fn fromtimestamp(cls: &Value, ts: &ThreadState, timestamp: &Value, tz: Option<&Value>) -> Result {
        let tz = zone::check(ts, tz)?;
        let (s, us) = self::timestamp(ts, timestamp)?;
        from_timestamp(ts, cls, s, us, tz, false)
    }
    /// Construct a naive UTC datetime from a POSIX timestamp.
    #[classmethod("utcfromtimestamp($type, timestamp, /)", no_signature)]
    fn utcfromtimestamp(cls: &Value, ts: &ThreadState, timestamp: &Value) -> Result {
        let text = "datetime.datetime.utcfromtimestamp() is deprecated and scheduled for removal in a future version. Use timezone-aware objects to represent datetimes in UTC: datetime.datetime.fromtimestamp(timestamp, datetime.UTC).";
        warn(ts, Warning::Deprecation, text, 1)?;
        let (s, us) = self::timestamp(ts, timestamp)?;
        from_timestamp(ts, cls, s, us, None, true)
    }
    /// string, format -> new datetime parsed from a string (like time.strptime()).
    #[classmethod("strptime($type, string, format, /)", no_signature)]
    fn strptime(cls: &Value, ts: &ThreadState, string: &Value, format: &Value) -> Result {
        super::check_texts(ts, string, format)?;
        let module = taipan_objects::module::import(ts, "_strptime")?;
        protocol::call_method(ts, &module, "_strptime_datetime_datetime", &[cls.clone(), string.clone(), format.clone()])
    }
    /// date, time -> datetime with same date and time fields
    #[classmethod("combine($type, /, date, time, tzinfo=<unrepresentable>)", no_signature)]
    fn combine(cls: &Value, ts: &ThreadState, date: &Value, time: &Value, tzinfo: Option<&Value>) -> Result {
        let Some(d) = date.downcast::<Date>() else {
            return Err(ts.type_error(format!("combine() argument 1 must be datetime.date, not {}", date.type_name(ts))));
        };
        let Some(t) = time.downcast::<Time>() else {
            return Err(ts.type_error(format!("combine() argument 2 must be datetime.time, not {}", time.type_name(ts))));
        };
        let tz = match tzinfo {
            None => t.tz.clone(),
            some => zone::check(ts, some)?,
        };
        let (year, month, day) = d.parts();
        Fields { year, month, day, time: t.clock, tz }.build(ts, cls)
    }
    /// string -> datetime from a string in most ISO 8601 formats
    #[classmethod("fromisoformat($type, object, /)")]
    fn fromisoformat(cls: &Value, ts: &ThreadState, object: &Value) -> Result {
        let Some(s) = object.downcast::<Str>() else { return Err(ts.type_error("fromisoformat: argument must be str")) };
        let b = s.bytes();
        if let Some((year, month, day)) = text::plain_date(b.get(..10).unwrap_or(b)) {
            let time = match b.get(11..) {
                None if b.len() == 10 => Some(Clock::default()),
                Some(rest) if b[10] < 0x80 => text::plain_clock(rest),
                _ => None,
            };
            if let Some(time) = time {
                check(ts, year, month, day)?;
                return Fields { year, month, day, time, tz: None }.build(ts, cls);
            }
        }
        unusual(ts, cls, object, b)
    }
    /// Return date object with same year, month and day.
    #[method("date($self, /)")]
    fn date(&self, ts: &ThreadState) -> Value {
        let (y, m, d) = self.base.parts();
        super::date::make(ts, y, m, d)
    }
    /// Return time object with same time but with tzinfo=None.
    #[method("time($self, /)")]
    fn time(&self, ts: &ThreadState) -> Value {
        super::time::make(ts, self.clock, None)
    }
    /// Return time object with same time and tzinfo.
    #[method("timetz($self, /)")]
    fn timetz(&self, ts: &ThreadState) -> Value {
        super::time::make(ts, self.clock, self.tz.clone())
    }
    /// Return ctime() style string.
    #[method("ctime($self, /)")]
    fn ctime(&self) -> String {
        let (y, m, d) = self.base.parts();
        let c = &self.clock;
        ctime(y, m, d, &format!("{:02}:{:02}:{:02}", c.hour, c.minute, c.second))
    }
    /// Return time tuple, compatible with time.localtime().
    #[method("timetuple($self, /)")]
    fn timetuple(slf: &Value, ts: &ThreadState) -> Result {
        let Some(t) = DateTime::of(slf) else { return Ok(Value::none()) };
        let dst = match t.offset(ts, slf, "dst")? {
            None => -1,
            Some(us) => i64::from(us != 0),
        };
        tuple_of(ts, t.base.parts(), &t.clock, dst)
    }
    /// Return UTC time tuple, compatible with time.localtime().
    #[method("utctimetuple($self, /)")]
    fn utctimetuple(slf: &Value, ts: &ThreadState) -> Result {
        let Some(t) = DateTime::of(slf) else { return Ok(Value::none()) };
        let off = t.offset(ts, slf, "utcoffset")?.unwrap_or(0);
        let f = Fields::from_us(ts, t.us() - off)?;
        tuple_of(ts, (f.year, f.month, f.day), &f.time, 0)
    }
    /// Return POSIX timestamp as float.
    #[method("timestamp($self, /)")]
    fn timestamp(slf: &Value, ts: &ThreadState) -> Result<f64> {
        let Some(t) = DateTime::of(slf) else { return Ok(0.0) };
        if t.tz.is_some()
            && let Some(off) = t.offset(ts, slf, "utcoffset")?
        {
            let us = t.us() - off - EPOCH as i128 * 1_000_000;
            let (us, second) = (int_from_i128(ts, us), int_value(ts, 1_000_000));
            return protocol::as_f64(ts, &protocol::binary_op(ts, protocol::BinaryOp::TrueDivide, &us, &second)?);
        }
        let shown = t.base.ordinal() * 86_400 + t.clock.total() / 1_000_000;
        let moment = from_local(ts, shown, t.clock.fold != 0)?;
        Ok((moment - EPOCH) as f64 + t.clock.us as f64 / 1e6)
    }
    /// Return the time formatted according to ISO.
    ///
    /// The full format is 'YYYY-MM-DD HH:MM:SS.mmmmmm'.
    /// By default, the fractional part is omitted if self.microsecond == 0.
    #[method("isoformat($self, /, sep='T', timespec='auto')", no_signature)]
    fn isoformat(slf: &Value, ts: &ThreadState, #[default(CodePoint(0x54))] sep: CodePoint, timespec: &str) -> Result {
        let Some(t) = DateTime::of(slf) else { return Ok(Value::none()) };
        let (y, m, d) = t.base.parts();
        let mut head = text::date(y, m, d);
        let mut rest = text::clock(ts, &t.clock, timespec)?;
        if let Some(off) = t.offset(ts, slf, "utcoffset")? {
            rest.push_str(&zone::shown(off, ":"));
        }
        match char::from_u32(sep.0) {
            Some(c) => {
                head.push(c);
                head.push_str(&rest);
                Ok(str_value(ts, &head))
            }
            None => {
                let sep = Str::from_code_point(ts, sep.0);
                Ok(Str::from_pieces(ts, &[head.as_bytes(), sep.bytes(), rest.as_bytes()]).into_value())
            }
        }
    }
    /// Return self.tzinfo.utcoffset(self).
    #[method("utcoffset($self, /)")]
    fn utcoffset(slf: &Value, ts: &ThreadState) -> Result<Option<Value>> {
        let Some(t) = DateTime::of(slf) else { return Ok(None) };
        t.offset(ts, slf, "utcoffset")?.map(|us| Delta::from_us(ts, us)).transpose()
    }
    /// Return self.tzinfo.tzname(self).
    #[method("tzname($self, /)")]
    fn tzname(slf: &Value, ts: &ThreadState) -> Result {
        zone::name(ts, DateTime::of(slf).and_then(|t| t.tz.as_ref()), slf)
    }
    /// Return self.tzinfo.dst(self).
    #[method("dst($self, /)")]
    fn dst(slf: &Value, ts: &ThreadState) -> Result<Option<Value>> {
        let Some(t) = DateTime::of(slf) else { return Ok(None) };
        t.offset(ts, slf, "dst")?.map(|us| Delta::from_us(ts, us)).transpose()
    }
    /// Return datetime with new specified fields.
    #[method("replace($self, /, year=<unrepresentable>, month=<unrepresentable>, day=<unrepresentable>, hour=<unrepresentable>, minute=<unrepresentable>, second=<unrepresentable>, microsecond=<unrepresentable>, tzinfo=<unrepresentable>, *, fold=<unrepresentable>)", alias = "__replace__")]
    #[allow(clippy::too_many_arguments)]
    fn replace(
        slf: &Value,
        ts: &ThreadState,
        year: Option<&Value>,
        month: Option<&Value>,
        day: Option<&Value>,
        hour: Option<&Value>,
        minute: Option<&Value>,
        second: Option<&Value>,
        microsecond: Option<&Value>,
        tzinfo: Option<&Value>,
        fold: Option<&Value>,
    ) -> Result {
        let Some(t) = DateTime::of(slf) else { return Ok(Value::none()) };
        let mut f = t.fields();
        let [mut h, mut m, mut s, mut us] = t.clock.parts();
        let mut fold_now = t.clock.fold as i64;
        for (place, v) in [
            (&mut f.year, year),
            (&mut f.month, month),
            (&mut f.day, day),
            (&mut h, hour),
            (&mut m, minute),
            (&mut s, second),
            (&mut us, microsecond),
            (&mut fold_now, fold),
        ] {
            if let Some(v) = v {
                *place = number(ts, v)?;
            }
        }
        if tzinfo.is_some() {
            f.tz = zone::check(ts, tzinfo)?;
        }
        check(ts, f.year, f.month, f.day)?;
        f.time = Clock::check(ts, h, m, s, us, fold_now)?;
        if is_plain::<DateTime>(ts, slf) {
            return Ok(f.make(ts));
        }
        f.build(ts, slf.class_ref(ts).as_value())
    }
    /// tz -> convert to local time in new timezone tz
    #[method("astimezone($self, /, tz=None)", no_signature)]
    fn astimezone(slf: &Value, ts: &ThreadState, tz: Option<&Value>) -> Result {
        let Some(t) = DateTime::of(slf) else { return Ok(Value::none()) };
        let target = zone::check(ts, tz)?;
        if let (Some(own), Some(target)) = (&t.tz, &target)
            && own.is(target)
        {
            return Ok(slf.clone());
        }
        let off = match t.offset(ts, slf, "utcoffset")? {
            Some(off) => off,
            None => {
                // A naive time is local.
                let shown = t.base.ordinal() * 86_400 + t.clock.total() / 1_000_000;
                (shown - from_local(ts, shown, t.clock.fold != 0)?) as i128 * 1_000_000
            }
        };
        let mut f = Fields::from_us(ts, t.us() - off)?;
        let target = match target {
            Some(tz) => tz,
            None => {
                let s = calendar::ordinal(f.year, f.month, f.day) * 86_400 + f.time.total() / 1_000_000;
                local_zone(ts, s - EPOCH)?
            }
        };
        f.tz = Some(target.clone());
        let utc = f.build(ts, slf.class_ref(ts).as_value())?;
        super::zoneinfo::ZoneInfo::local(ts, &target, &utc)
    }
    /// __reduce_ex__(proto) -> (cls, state)
    #[method("__reduce_ex__($self, proto, /)", no_signature)]
    fn reduce_ex(slf: &Value, ts: &ThreadState, proto: i32) -> Result {
        let Some(t) = DateTime::of(slf) else { return Ok(Value::none()) };
        let mut state = t.state();
        if proto > 3 && t.clock.fold != 0 {
            state[2] |= 0x80;
        }
        let mut args = vec![bytes_value(ts, &state)];
        args.extend(t.tz.clone());
        Ok(tuple(ts, vec![slf.class_ref(ts).into_value(), tuple(ts, args)]))
    }
    /// __reduce__() -> (cls, state)
    #[method("__reduce__($self, /)")]
    fn reduce(slf: &Value, ts: &ThreadState) -> Result {
        Self::reduce_ex(slf, ts, 2)
    }
}

/// A datetime from a text in one of the less usual forms.
fn unusual(ts: &ThreadState, cls: &Value, object: &Value, b: &[u8]) -> Result {
    let invalid = || text::invalid(ts, object);
    if b.len() < 7 {
        return Err(invalid());
    }
    let end = text::date_end(b).filter(|&e| e <= b.len()).ok_or_else(invalid)?;
    let (mut year, mut month, mut day) = text::any_date(&b[..end]).ok_or_else(invalid)?;
    let (mut p, mut us) = ([0; 4], None);
    if b.len() > end {
        // The separator is any one character.
        let width = match b[end] {
            0..0x80 => 1,
            0xe0..0xf0 => 3,
            0xf0.. => 4,
            _ => 2,
        };
        (p, us) = text::any_time(b.get(end + width..).unwrap_or(&[])).ok_or_else(invalid)?;
    }
    let tz = text::zone_of(ts, us)?;
    if p[0] == 24 && (1..=12).contains(&month) && day <= calendar::days_in_month(year, month) {
        if p[1..] != [0, 0, 0] {
            return Err(ts.value_error("minute, second, and microsecond must be 0 when hour is 24"));
        }
        p[0] = 0;
        day += 1;
        if day > calendar::days_in_month(year, month) {
            (month, day) = (month + 1, 1);
            if month > 12 {
                (year, month) = (year + 1, 1);
            }
        }
    }
    check(ts, year, month, day)?;
    let time = Clock::check(ts, p[0], p[1], p[2], p[3], 0)?;
    Fields { year, month, day, time, tz }.build(ts, cls)
}
