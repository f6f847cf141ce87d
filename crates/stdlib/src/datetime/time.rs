//! time: a time of day.

use super::date::number;
use super::delta::Delta;
use super::{answer, construct, formatted, is_plain, pickled, strftime, struct_time, text, zone};
use crate::prelude::*;

/// Hours to microseconds.
#[derive(Default, Clone, Copy, PartialEq, Eq, Debug)]
pub struct Clock {
    pub hour: u8,
    pub minute: u8,
    pub second: u8,
    pub fold: u8,
    pub us: u32,
}

pub const LAST: Clock = Clock { hour: 23, minute: 59, second: 59, fold: 0, us: 999_999 };

impl Clock {
    pub fn check(ts: &ThreadState, hour: i64, minute: i64, second: i64, us: i64, fold: i64) -> Result<Clock> {
        for (name, v, last) in [("hour", hour, 23), ("minute", minute, 59), ("second", second, 59), ("microsecond", us, 999_999)] {
            if !(0..=last).contains(&v) {
                return Err(ts.value_error(format!("{name} must be in 0..{last}, not {v}")));
            }
        }
        if fold != 0 && fold != 1 {
            return Err(ts.value_error(format!("fold must be either 0 or 1, not {fold}")));
        }
        Ok(Clock { hour: hour as u8, minute: minute as u8, second: second as u8, fold: fold as u8, us: us as u32 })
    }
    /// Microseconds since midnight.
    pub fn total(&self) -> i64 {
        (self.hour as i64 * 3600 + self.minute as i64 * 60 + self.second as i64) * 1_000_000 + self.us as i64
    }
    pub fn from_total(us: i64) -> Clock {
        let s = us / 1_000_000;
        Clock { hour: (s / 3600) as u8, minute: (s / 60 % 60) as u8, second: (s % 60) as u8, fold: 0, us: (us % 1_000_000) as u32 }
    }
    pub fn state(&self) -> [u8; 6] {
        [self.hour, self.minute, self.second, (self.us >> 16) as u8, (self.us >> 8) as u8, self.us as u8]
    }
    pub fn from_state(b: &[u8]) -> Clock {
        let us = (b[3] as u32) << 16 | (b[4] as u32) << 8 | b[5] as u32;
        Clock { hour: b[0], minute: b[1], second: b[2], fold: 0, us }
    }
    pub fn parts(&self) -> [i64; 4] {
        [self.hour as i64, self.minute as i64, self.second as i64, self.us as i64]
    }
}

pub struct Time {
    pub clock: Clock,
    pub tz: Option<Value>,
}
payload!(Time);

pub fn make(ts: &ThreadState, clock: Clock, tz: Option<Value>) -> Value {
    heap::new(ts, Time { clock, tz }).into_value()
}

impl Time {
    fn of(v: &Value) -> Option<&Time> {
        v.downcast::<Time>()
    }
    fn offset(&self, ts: &ThreadState, method: &str) -> Result<Option<i128>> {
        zone::offset(ts, self.tz.as_ref(), method, &Value::none())
    }
}

fn build(ts: &ThreadState, cls: &Value, c: Clock, tz: Option<Value>) -> Result {
    if cls.is(Time::class(ts).as_value()) {
        return Ok(make(ts, c, tz));
    }
    with_fold(ts, cls, &c.parts(), tz, c.fold)
}

/// Calls a class with numbers, a zone and, where it is set, the fold.
pub fn with_fold(ts: &ThreadState, cls: &Value, parts: &[i64], tz: Option<Value>, fold: u8) -> Result {
    let tz = tz.unwrap_or_else(Value::none);
    if fold == 0 {
        return construct(ts, cls, parts, Some(&tz));
    }
    let mut args: Vec<Value> = parts.iter().map(|n| int_value(ts, *n)).collect();
    args.push(tz);
    let name = [Str::intern(ts, "fold").into_value()];
    protocol::call_args(ts, cls, Args::with_keywords(&args, &name, &[int_value(ts, fold as i64)]))
}

/// time([hour[, minute[, second[, microsecond[, tzinfo]]]]]) --> a time object
///
/// All arguments are optional. tzinfo may be None, or an instance of
/// a tzinfo subclass. The remaining arguments may be ints.
#[class(name = "time", module = "datetime")]
impl Time {
    #[new("(hour=<unrepresentable>, minute=<unrepresentable>, second=0, microsecond=0, tzinfo=None, *, fold=0)", no_signature)]
    #[allow(clippy::too_many_arguments)]
    fn new(cls: &Type, ts: &ThreadState, hour: Option<&Value>, minute: Option<&Value>, second: i32, microsecond: i32, tzinfo: Option<&Value>, fold: i32) -> Result<Ref<Time>> {
        if let Some(v) = hour
            && let Some(state) = pickled::<6>(v)
            && state[0] & 0x7f < 24
        {
            // The second argument is the zone; the top bit of the hour the fold.
            let tz = match minute {
                Some(v) if !v.is_none() && !v.is_instance_of::<zone::TzInfo>() => return Err(ts.type_error("bad tzinfo state arg")),
                v => zone::check(ts, v)?,
            };
            let mut clock = Clock::from_state(&state);
            (clock.hour, clock.fold) = (state[0] & 0x7f, state[0] >> 7);
            return Ok(heap::new_with_type(ts, cls, Time { clock, tz }));
        }
        let get = |v: Option<&Value>| v.map_or(Ok(0), |v| number(ts, v));
        let clock = Clock::check(ts, get(hour)?, get(minute)?, second as i64, microsecond as i64, fold as i64)?;
        let tz = zone::check(ts, tzinfo)?;
        Ok(heap::new_with_type(ts, cls, Time { clock, tz }))
    }
    #[slot(repr)]
    fn repr(ts: &ThreadState, slf: &Value) -> Result {
        let Some(t) = Time::of(slf) else { return Err(ts.type_error("a time is required")) };
        let name = if is_plain::<Time>(ts, slf) { "datetime.time".into() } else { slf.type_name(ts) };
        let c = &t.clock;
        let mut out = format!("{name}({}, {}", c.hour, c.minute);
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
        let r = protocol::call_method(ts, slf, "isoformat", &[])?;
        Ok(protocol::str_(ts, &r)?.into_value())
    }
    #[slot(hash)]
    fn hash(&self, ts: &ThreadState) -> Result<i64> {
        let plain = match &self.tz {
            None => None,
            Some(_) => self.offset(ts, "utcoffset")?,
        };
        match plain {
            None => protocol::hash(ts, &bytes_value(ts, &self.clock.state())),
            Some(off) => protocol::hash(ts, &Delta::from_us(ts, self.clock.total() as i128 - off)?),
        }
    }
    #[slot(richcompare)]
    fn compare(ts: &ThreadState, a: &Value, b: &Value, op: CmpOp) -> Result {
        let (Some(x), Some(y)) = (Time::of(a), Time::of(b)) else { return Ok(Value::not_implemented()) };
        let same = match (&x.tz, &y.tz) {
            (None, None) => true,
            (Some(p), Some(q)) => p.is(q),
            _ => false,
        };
        if same {
            return Ok(answer(op, x.clock.total().cmp(&y.clock.total())));
        }
        match (x.offset(ts, "utcoffset")?, y.offset(ts, "utcoffset")?) {
            (None, None) => Ok(answer(op, x.clock.total().cmp(&y.clock.total()))),
            (Some(p), Some(q)) => Ok(answer(op, (x.clock.total() as i128 - p).cmp(&(y.clock.total() as i128 - q)))),
            _ => match op {
                CmpOp::Eq => Ok(Value::bool(false)),
                CmpOp::Ne => Ok(Value::bool(true)),
                _ => Err(ts.type_error("can't compare offset-naive and offset-aware times")),
            },
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
    /// string, format -> new time parsed from a string (like time.strptime()).
    #[classmethod("strptime($type, string, format, /)", no_signature)]
    fn strptime(cls: &Value, ts: &ThreadState, string: &Value, format: &Value) -> Result {
        super::check_texts(ts, string, format)?;
        let module = taipan_objects::module::import(ts, "_strptime")?;
        protocol::call_method(ts, &module, "_strptime_datetime_time", &[cls.clone(), string.clone(), format.clone()])
    }
    /// Construct a time from a string in ISO 8601 format.
    #[classmethod("fromisoformat($type, object, /)")]
    fn fromisoformat(cls: &Value, ts: &ThreadState, object: &Value) -> Result {
        let Some(s) = object.downcast::<Str>() else { return Err(ts.type_error("fromisoformat: argument must be str")) };
        if let Some(c) = text::plain_clock(s.bytes()) {
            return build(ts, cls, c, None);
        }
        let b = s.bytes();
        let Some((mut p, us)) = text::any_time(b.strip_prefix(b"T").unwrap_or(b)) else { return Err(text::invalid(ts, object)) };
        if p[0] == 24 {
            if p[1..] != [0, 0, 0] {
                return Err(ts.value_error("minute, second, and microsecond must be 0 when hour is 24"));
            }
            p[0] = 0;
        }
        let tz = text::zone_of(ts, us)?;
        build(ts, cls, Clock::check(ts, p[0], p[1], p[2], p[3], 0)?, tz)
    }
    /// Return string in ISO 8601 format, [HH[:MM[:SS[.mmm[uuu]]]]][+HH:MM].
    ///
    /// The optional argument timespec specifies the number of additional terms
    /// of the time to include. Valid options are 'auto', 'hours', 'minutes',
    /// 'seconds', 'milliseconds' and 'microseconds'.
    #[method("isoformat($self, /, timespec='auto')", no_signature)]
    fn isoformat(&self, ts: &ThreadState, timespec: &str) -> Result<String> {
        let mut out = text::clock(ts, &self.clock, timespec)?;
        if let Some(off) = self.offset(ts, "utcoffset")? {
            out.push_str(&zone::shown(off, ":"));
        }
        Ok(out)
    }
    /// format -> strftime() style string.
    #[method("strftime($self, /, format)", no_signature)]
    fn strftime(slf: &Value, ts: &ThreadState, format: &Value) -> Result {
        let Some(t) = Time::of(slf) else { return Ok(Value::none()) };
        let [h, m, s, _] = t.clock.parts();
        let items = [1900, 1, 1, h, m, s, 0, 1, -1].map(|n| int_value(ts, n));
        strftime(ts, slf, format, || Ok(tuple(ts, items.to_vec())))
    }
    /// Formats self with strftime.
    #[method("__format__($self, format, /)", no_signature)]
    fn format(slf: &Value, ts: &ThreadState, format: &Value) -> Result {
        formatted(ts, slf, format)
    }
    /// Return self.tzinfo.utcoffset(self).
    #[method("utcoffset($self, /)")]
    fn utcoffset(&self, ts: &ThreadState) -> Result<Option<Value>> {
        self.offset(ts, "utcoffset")?.map(|us| Delta::from_us(ts, us)).transpose()
    }
    /// Return self.tzinfo.tzname(self).
    #[method("tzname($self, /)")]
    fn tzname(&self, ts: &ThreadState) -> Result {
        zone::name(ts, self.tz.as_ref(), &Value::none())
    }
    /// Return self.tzinfo.dst(self).
    #[method("dst($self, /)")]
    fn dst(&self, ts: &ThreadState) -> Result<Option<Value>> {
        self.offset(ts, "dst")?.map(|us| Delta::from_us(ts, us)).transpose()
    }
    /// Return time with new specified fields.
    #[method("replace($self, /, hour=<unrepresentable>, minute=<unrepresentable>, second=<unrepresentable>, microsecond=<unrepresentable>, tzinfo=<unrepresentable>, *, fold=<unrepresentable>)", alias = "__replace__")]
    #[allow(clippy::too_many_arguments)]
    fn replace(slf: &Value, ts: &ThreadState, hour: Option<&Value>, minute: Option<&Value>, second: Option<&Value>, microsecond: Option<&Value>, tzinfo: Option<&Value>, fold: Option<&Value>) -> Result {
        let Some(t) = Time::of(slf) else { return Ok(Value::none()) };
        let [mut h, mut m, mut s, mut us] = t.clock.parts();
        let mut f = t.clock.fold as i64;
        for (place, v) in [(&mut h, hour), (&mut m, minute), (&mut s, second), (&mut us, microsecond), (&mut f, fold)] {
            if let Some(v) = v {
                *place = number(ts, v)?;
            }
        }
        let tz = match tzinfo {
            None => t.tz.clone(),
            some => zone::check(ts, some)?,
        };
        build(ts, slf.class_ref(ts).as_value(), Clock::check(ts, h, m, s, us, f)?, tz)
    }
    /// __reduce_ex__(proto) -> (cls, state)
    #[method("__reduce_ex__($self, proto, /)", no_signature)]
    fn reduce_ex(slf: &Value, ts: &ThreadState, proto: i32) -> Result {
        let Some(t) = Time::of(slf) else { return Ok(Value::none()) };
        let mut state = t.clock.state();
        if proto > 3 && t.clock.fold != 0 {
            state[0] |= 0x80;
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

/// The parts of a struct_time.
pub fn tuple_of(ts: &ThreadState, date: (i64, i64, i64), c: &Clock, dst: i64) -> Result {
    let (y, m, d) = date;
    let yday = super::calendar::days_before_month(y, m) + d;
    let [hour, minute, second, _] = c.parts();
    struct_time(ts, [y, m, d, hour, minute, second, super::calendar::weekday(y, m, d), yday, dst])
}

