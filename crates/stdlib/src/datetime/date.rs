//! date.

use super::delta::Delta;
use super::moment::DateTime;
use super::{answer, calendar, construct, formatted, is_plain, missing, pickled, strftime, struct_time, text};
use crate::prelude::*;
use std::cell::Cell;

#[repr(C)]
pub struct Date {
    pub year: u16,
    pub month: u8,
    pub day: u8,
    /// As in [`DateTime`], whose days are dates: known once somebody has asked, else -1.
    pub hash: Cell<i64>,
}
payload!(Date);

impl Date {
    pub fn of_parts(year: u16, month: u8, day: u8) -> Date {
        Date { year, month, day, hash: Cell::new(-1) }
    }
    /// The hash, worked out when first asked for.
    pub fn hashed(&self, work_out: impl FnOnce() -> Result<i64>) -> Result<i64> {
        if self.hash.get() == -1 {
            self.hash.set(work_out()?);
        }
        Ok(self.hash.get())
    }
}

/// A date that is known to be valid.
pub fn make(ts: &ThreadState, year: i64, month: i64, day: i64) -> Value {
    heap::new(ts, Date::of_parts(year as u16, month as u8, day as u8)).into_value()
}

pub fn check(ts: &ThreadState, year: i64, month: i64, day: i64) -> Result<Date> {
    if !(1..=9999).contains(&year) {
        return Err(ts.value_error(format!("year must be in 1..9999, not {year}")));
    }
    if !(1..=12).contains(&month) {
        return Err(ts.value_error(format!("month must be in 1..12, not {month}")));
    }
    let last = calendar::days_in_month(year, month);
    if !(1..=last).contains(&day) {
        return Err(ts.value_error(format!("day {day} must be in range 1..{last} for month {month} in year {year}")));
    }
    Ok(Date::of_parts(year as u16, month as u8, day as u8))
}

pub fn number(ts: &ThreadState, v: &Value) -> Result<i64> {
    match v.as_small_int() {
        Some(i) if i32::try_from(i).is_ok() => Ok(i),
        _ => match to_i64(&protocol::index(ts, v)?) {
            Some(n) if n > i32::MAX as i64 => Err(ts.overflow_error("signed integer is greater than maximum")),
            Some(n) if n < i32::MIN as i64 => Err(ts.overflow_error("signed integer is less than minimum")),
            Some(n) => Ok(n),
            None => Err(ts.overflow_error("Python int too large to convert to C int")),
        },
    }
}

impl Date {
    pub fn parts(&self) -> (i64, i64, i64) {
        (self.year as i64, self.month as i64, self.day as i64)
    }
    /// A number by which dates are ordered.
    pub fn order(&self) -> u32 {
        (self.year as u32) << 9 | (self.month as u32) << 5 | self.day as u32
    }
    pub fn ordinal(&self) -> i64 {
        let (y, m, d) = self.parts();
        calendar::ordinal(y, m, d)
    }
    fn of(v: &Value) -> Option<&Date> {
        v.downcast::<Date>()
    }
    pub fn state(&self) -> [u8; 4] {
        [(self.year >> 8) as u8, self.year as u8, self.month, self.day]
    }
    pub fn from_state(b: &[u8]) -> Date {
        Date::of_parts((b[0] as u16) << 8 | b[1] as u16, b[2], b[3])
    }
    /// Moved by days, as an object of `class`.
    fn moved(ts: &ThreadState, slf: &Value, days: i64) -> Result {
        let Some(d) = Date::of(slf) else { return Ok(Value::not_implemented()) };
        let n = d.ordinal() + days;
        if !(1..=calendar::MAX_ORDINAL).contains(&n) {
            return Err(ts.overflow_error("date value out of range"));
        }
        let (y, m, d) = calendar::from_ordinal(n);
        if is_plain::<Date>(ts, slf) {
            return Ok(make(ts, y, m, d));
        }
        construct(ts, slf.class_ref(ts).as_value(), &[y, m, d], None)
    }
}

fn build(ts: &ThreadState, cls: &Value, y: i64, m: i64, d: i64) -> Result {
    if cls.is(Date::class(ts).as_value()) {
        let d = check(ts, y, m, d)?;
        return Ok(heap::new(ts, d).into_value());
    }
    construct(ts, cls, &[y, m, d], None)
}

/// date(year, month, day) --> date object
#[class(name = "date", module = "datetime")]
impl Date {
    #[new("(year=<unrepresentable>, month=<unrepresentable>, day=<unrepresentable>)", no_signature)]
    fn new(cls: &Type, ts: &ThreadState, year: Option<&Value>, month: Option<&Value>, day: Option<&Value>) -> Result<Ref<Date>> {
        let Some(year) = year else { return Err(missing(ts, "year", 1)) };
        if month.is_none()
            && let Some(state) = pickled::<4>(year)
            && (1..=12).contains(&state[2])
        {
            return Ok(heap::new_with_type(ts, cls, Date::from_state(&state)));
        }
        let year = number(ts, year)?;
        let Some(month) = month else { return Err(missing(ts, "month", 2)) };
        let month = number(ts, month)?;
        let Some(day) = day else { return Err(missing(ts, "day", 3)) };
        let d = check(ts, year, month, number(ts, day)?)?;
        Ok(heap::new_with_type(ts, cls, d))
    }
    #[slot(repr)]
    fn repr(ts: &ThreadState, slf: &Value) -> Result {
        let Some(d) = Date::of(slf) else { return Err(ts.type_error("a date is required")) };
        let name = if is_plain::<Date>(ts, slf) { "datetime.date".into() } else { slf.type_name(ts) };
        Ok(str_value(ts, &format!("{name}({}, {}, {})", d.year, d.month, d.day)))
    }
    #[slot(str)]
    fn str(ts: &ThreadState, slf: &Value) -> Result {
        let r = protocol::call_method(ts, slf, "isoformat", &[])?;
        Ok(protocol::str_(ts, &r)?.into_value())
    }
    #[slot(hash)]
    fn hash(&self, ts: &ThreadState) -> Result<i64> {
        self.hashed(|| protocol::hash(ts, &bytes_value(ts, &self.state())))
    }
    #[slot(richcompare)]
    fn compare(ts: &ThreadState, a: &Value, b: &Value, op: CmpOp) -> Result {
        if !std::ptr::eq(a.class(ts), b.class(ts)) && a.is_instance_of::<DateTime>() != b.is_instance_of::<DateTime>() {
            return Ok(Value::not_implemented());
        }
        let (Some(a), Some(b)) = (Date::of(a), Date::of(b)) else { return Ok(Value::not_implemented()) };
        Ok(answer(op, a.order().cmp(&b.order())))
    }
    #[slot(add)]
    fn add(ts: &ThreadState, a: &Value, b: &Value) -> Result {
        if a.is_instance_of::<DateTime>() || b.is_instance_of::<DateTime>() {
            return Ok(Value::not_implemented());
        }
        let (d, by) = match (Date::of(a), b.downcast::<Delta>()) {
            (Some(_), Some(by)) => (a, by),
            _ => match (Date::of(b), a.downcast::<Delta>()) {
                (Some(_), Some(by)) => (b, by),
                _ => return Ok(Value::not_implemented()),
            },
        };
        Date::moved(ts, d, by.days as i64)
    }
    #[slot(sub)]
    fn sub(ts: &ThreadState, a: &Value, b: &Value) -> Result {
        if a.is_instance_of::<DateTime>() || b.is_instance_of::<DateTime>() {
            return Ok(Value::not_implemented());
        }
        let Some(x) = Date::of(a) else { return Ok(Value::not_implemented()) };
        if let Some(by) = b.downcast::<Delta>() {
            return Date::moved(ts, a, -(by.days as i64));
        }
        match Date::of(b) {
            Some(y) => Delta::from_us(ts, (x.ordinal() - y.ordinal()) as i128 * super::delta::DAY),
            None => Ok(Value::not_implemented()),
        }
    }
    #[getter("year")]
    fn get_year(&self) -> u16 {
        self.year
    }
    #[getter("month")]
    fn get_month(&self) -> u16 {
        self.month as u16
    }
    #[getter("day")]
    fn get_day(&self) -> u16 {
        self.day as u16
    }
    /// Create a date from a POSIX timestamp.
    ///
    /// The timestamp is a number, e.g. created via time.time(), that is interpreted
    /// as local time.
    #[classmethod("fromtimestamp($type, timestamp, /)")]
    fn fromtimestamp(cls: &Value, ts: &ThreadState, timestamp: &Value) -> Result {
        let (seconds, _) = super::moment::timestamp(ts, timestamp)?;
        let t = super::moment::local(ts, seconds)?;
        build(ts, cls, t.tm_year as i64 + 1900, t.tm_mon as i64 + 1, t.tm_mday as i64)
    }
    /// int -> date corresponding to a proleptic Gregorian ordinal.
    #[classmethod("fromordinal($type, ordinal, /)", no_signature)]
    fn fromordinal(cls: &Value, ts: &ThreadState, ordinal: &Value) -> Result {
        let n = number(ts, ordinal)?;
        if n < 1 {
            return Err(ts.value_error("ordinal must be >= 1"));
        }
        let (y, m, d) = calendar::from_ordinal(n);
        if y > 9999 {
            return Err(ts.value_error(format!("year must be in 1..9999, not {y}")));
        }
        build(ts, cls, y, m, d)
    }
    /// Construct a date from a string in ISO 8601 format.
    #[classmethod("fromisoformat($type, object, /)")]
    fn fromisoformat(cls: &Value, ts: &ThreadState, object: &Value) -> Result {
        let Some(s) = object.downcast::<Str>() else { return Err(ts.type_error("fromisoformat: argument must be str")) };
        let Some((y, m, d)) = text::any_date(s.bytes()) else { return Err(text::invalid(ts, object)) };
        build(ts, cls, y, m, d)
    }
    /// int, int, int -> Construct a date from the ISO year, week number and weekday.
    ///
    /// This is the inverse of the function date.isocalendar()
    #[classmethod("fromisocalendar($type, /, year, week, day)", no_signature)]
    fn fromisocalendar(cls: &Value, ts: &ThreadState, year: &Value, week: &Value, day: &Value) -> Result {
        let part = |v: &Value| {
            number(ts, v).map_err(|raised| {
                if !ts.exception_matches(&exceptions(ts).overflow_error) {
                    return raised;
                }
                ts.take_exception();
                ts.value_error("ISO calendar component out of range")
            })
        };
        let (year, week, day) = (part(year)?, part(week)?, part(day)?);
        let (y, m, d) = text::iso_week(year, week, day).map_err(|e| {
            ts.value_error(match e {
                text::Week::Year => format!("year must be in 1..9999, not {year}"),
                text::Week::Week => format!("Invalid week: {week}"),
                text::Week::Day => format!("Invalid weekday: {day} (range is [1, 7])"),
            })
        })?;
        build(ts, cls, y, m, d)
    }
    /// string, format -> new date parsed from a string (like time.strptime()).
    #[classmethod("strptime($type, string, format, /)", no_signature)]
    fn strptime(cls: &Value, ts: &ThreadState, string: &Value, format: &Value) -> Result {
        super::check_texts(ts, string, format)?;
        let module = taipan_objects::module::import(ts, "_strptime")?;
        protocol::call_method(ts, &module, "_strptime_datetime_date", &[cls.clone(), string.clone(), format.clone()])
    }
    /// Current date or datetime:  same as self.__class__.fromtimestamp(time.time()).
    #[classmethod("today($type, /)")]
    fn today(cls: &Value, ts: &ThreadState) -> Result {
        let now = super::moment::now_seconds();
        protocol::call_method(ts, cls, "fromtimestamp", &[float_value(ts, now)])
    }
    /// Return ctime() style string.
    #[method("ctime($self, /)")]
    fn ctime(&self) -> String {
        let (y, m, d) = self.parts();
        super::moment::ctime(y, m, d, "00:00:00")
    }
    /// format -> strftime() style string.
    #[method("strftime($self, /, format)", no_signature)]
    fn strftime(slf: &Value, ts: &ThreadState, format: &Value) -> Result {
        strftime(ts, slf, format, || protocol::call_method(ts, slf, "timetuple", &[]))
    }
    /// Formats self with strftime.
    #[method("__format__($self, format, /)", no_signature)]
    fn format(slf: &Value, ts: &ThreadState, format: &Value) -> Result {
        formatted(ts, slf, format)
    }
    /// Return time tuple, compatible with time.localtime().
    #[method("timetuple($self, /)")]
    fn timetuple(&self, ts: &ThreadState) -> Result {
        let (y, m, d) = self.parts();
        let yday = calendar::days_before_month(y, m) + d;
        struct_time(ts, [y, m, d, 0, 0, 0, calendar::weekday(y, m, d), yday, -1])
    }
    /// Return a named tuple containing ISO year, week number, and weekday.
    #[method("isocalendar($self, /)")]
    fn isocalendar(&self, ts: &ThreadState) -> Result {
        let (y, m, d) = self.parts();
        let (y, w, d) = calendar::iso(y, m, d);
        super::ISO_DATE.make(ts, [y, w, d].map(|n| int_value(ts, n)).to_vec())
    }
    /// Return string in ISO 8601 format, YYYY-MM-DD.
    #[method("isoformat($self, /)")]
    fn isoformat(&self) -> String {
        let (y, m, d) = self.parts();
        text::date(y, m, d)
    }
    /// Return the day of the week represented by the date.
    ///
    /// Monday == 1 ... Sunday == 7
    #[method("isoweekday($self, /)")]
    fn isoweekday(&self) -> i64 {
        let (y, m, d) = self.parts();
        calendar::weekday(y, m, d) + 1
    }
    /// Return proleptic Gregorian ordinal.
    ///
    /// January 1 of year 1 is day 1.
    #[method("toordinal($self, /)")]
    fn toordinal(&self) -> i64 {
        self.ordinal()
    }
    /// Return the day of the week represented by the date.
    ///
    /// Monday == 0 ... Sunday == 6
    #[method("weekday($self, /)")]
    fn weekday(&self) -> i64 {
        let (y, m, d) = self.parts();
        calendar::weekday(y, m, d)
    }
    /// Return date with new specified fields.
    #[method("replace($self, /, year=<unrepresentable>, month=<unrepresentable>, day=<unrepresentable>)", alias = "__replace__")]
    fn replace(slf: &Value, ts: &ThreadState, year: Option<&Value>, month: Option<&Value>, day: Option<&Value>) -> Result {
        let Some(o) = Date::of(slf) else { return Ok(Value::none()) };
        let (mut y, mut m, mut d) = o.parts();
        for (place, v) in [(&mut y, year), (&mut m, month), (&mut d, day)] {
            if let Some(v) = super::given(v) {
                *place = number(ts, v)?;
            }
        }
        if is_plain::<Date>(ts, slf) {
            let d = check(ts, y, m, d)?;
            return Ok(heap::new(ts, d).into_value());
        }
        build(ts, slf.class_ref(ts).as_value(), y, m, d)
    }
    /// __reduce__() -> (cls, state)
    #[method("__reduce__($self, /)")]
    fn reduce(slf: &Value, ts: &ThreadState) -> Result {
        let state = Date::of(slf).map(|d| d.state()).unwrap_or_default();
        Ok(tuple(ts, vec![slf.class_ref(ts).into_value(), tuple(ts, vec![bytes_value(ts, &state)])]))
    }
}
