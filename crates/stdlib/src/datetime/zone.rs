//! tzinfo and timezone.

use super::delta::{DAY, Delta, SECOND};
use super::moment::DateTime;
use super::zoneinfo::ZoneInfo;
use crate::prelude::*;
use std::cell::OnceCell;

#[repr(C)]
#[derive(Default)]
pub struct TzInfo {
    _nothing: u64,
}
payload!(TzInfo);

/// A zone argument: None or a tzinfo.
pub fn check(ts: &ThreadState, tz: Option<&Value>) -> Result<Option<Value>> {
    match tz {
        None => Ok(None),
        Some(v) if v.is_none() => Ok(None),
        Some(v) if v.is_instance_of::<TzInfo>() => Ok(Some(v.clone())),
        Some(v) => Err(ts.type_error(format!("tzinfo argument must be None or of a tzinfo subclass, not type '{}'", v.type_name(ts)))),
    }
}

/// What `tz.utcoffset(v)` or `tz.dst(v)` gives, in microseconds.
pub fn offset(ts: &ThreadState, tz: Option<&Value>, method: &str, v: &Value) -> Result<Option<i128>> {
    let Some(tz) = tz else { return Ok(None) };
    if let Some(t) = tz.downcast::<TimeZone>()
    {
        return Ok(if method == "utcoffset" { Some(t.us as i128) } else { None });
    }
    if method == "utcoffset"
        && let Some(s) = ZoneInfo::offset_of(ts, tz, v)
    {
        return Ok(Some(s as i128 * SECOND));
    }
    let r = protocol::call_method(ts, tz, method, std::slice::from_ref(v))?;
    if r.is_none() {
        return Ok(None);
    }
    let Some(d) = r.downcast::<Delta>() else {
        return Err(ts.type_error(format!("tzinfo.{method}() must return None or timedelta, not '{}'", r.type_name(ts))));
    };
    let us = d.total();
    if us <= -DAY || us >= DAY {
        return Err(ts.value_error("offset must be a timedelta strictly between -timedelta(hours=24) and timedelta(hours=24)."));
    }
    Ok(Some(us))
}

/// What `tz.tzname(v)` gives.
pub fn name(ts: &ThreadState, tz: Option<&Value>, v: &Value) -> Result {
    let Some(tz) = tz else { return Ok(Value::none()) };
    let r = protocol::call_method(ts, tz, "tzname", std::slice::from_ref(v))?;
    if !r.is_none() && r.downcast::<Str>().is_none() {
        return Err(ts.type_error(format!("tzinfo.tzname() must return None or a string, not '{}'", r.type_name(ts))));
    }
    Ok(r)
}

/// "+01:00", with seconds where there are some.
pub fn shown(us: i128, separator: &str) -> String {
    let sign = if us < 0 { '-' } else { '+' };
    let us = us.abs();
    let s = us / SECOND;
    let (h, m, s, us) = (s / 3600, s / 60 % 60, s % 60, us % SECOND);
    let mut out = format!("{sign}{h:02}{separator}{m:02}");
    if s != 0 || us != 0 {
        out.push_str(&format!("{separator}{s:02}"));
    }
    if us != 0 {
        out.push_str(&format!(".{us:06}"));
    }
    out
}

fn wanted(ts: &ThreadState, method: &str) -> Raised {
    ts.not_implemented_error(format!("a tzinfo subclass must implement {method}()"))
}

/// Abstract base class for time zone info objects.
#[class(name = "tzinfo", module = "datetime")]
impl TzInfo {
    #[slot(new)]
    fn new(ts: &ThreadState, cls: &Value, args: Args<'_>) -> Result {
        let _ = args;
        new_of(ts, cls, TzInfo { _nothing: 0 })
    }
    /// datetime -> string name of time zone.
    #[method("tzname($self, object, /)")]
    fn tzname(&self, ts: &ThreadState, object: &Value) -> Result {
        let _ = object;
        Err(wanted(ts, "tzname"))
    }
    /// datetime -> timedelta showing offset from UTC, negative values indicating West of UTC
    #[method("utcoffset($self, object, /)")]
    fn utcoffset(&self, ts: &ThreadState, object: &Value) -> Result {
        let _ = object;
        Err(wanted(ts, "utcoffset"))
    }
    /// datetime -> DST offset as timedelta positive east of UTC.
    #[method("dst($self, object, /)")]
    fn dst(&self, ts: &ThreadState, object: &Value) -> Result {
        let _ = object;
        Err(wanted(ts, "dst"))
    }
    /// datetime in UTC -> datetime in local time.
    #[method("fromutc($self, object, /)")]
    fn fromutc(slf: &Value, ts: &ThreadState, object: &Value) -> Result {
        let Some(dt) = object.downcast::<DateTime>() else {
            return Err(ts.type_error("fromutc: argument must be a datetime"));
        };
        if !dt.tz.as_ref().is_some_and(|t| t.is(slf)) {
            return Err(ts.value_error("fromutc: dt.tzinfo is not self"));
        }
        let Some(off) = offset(ts, dt.tz.as_ref(), "utcoffset", object)? else {
            return Err(ts.value_error("fromutc: non-None utcoffset() result required"));
        };
        let Some(dst) = offset(ts, dt.tz.as_ref(), "dst", object)? else {
            return Err(ts.value_error("fromutc: non-None dst() result required"));
        };
        let standard = dt.shifted(ts, object, off - dst)?;
        let moved = standard.downcast::<DateTime>().and_then(|d| d.tz.clone());
        let Some(dst) = offset(ts, moved.as_ref(), "dst", &standard)? else {
            return Err(ts.value_error("fromutc: tz.dst() gave inconsistent results; cannot convert"));
        };
        match standard.downcast::<DateTime>() {
            Some(d) => d.shifted(ts, &standard, dst),
            None => Ok(standard.clone()),
        }
    }
    /// -> (cls, state)
    #[method("__reduce__($self, /)")]
    fn reduce(slf: &Value, ts: &ThreadState) -> Result {
        let args = match protocol::getattr_opt(ts, slf, &Str::intern(ts, "__getinitargs__"))? {
            Some(f) => protocol::call0(ts, &f)?,
            None => Tuple::empty(ts).into_value(),
        };
        let state = protocol::call_method(ts, slf, "__getstate__", &[])?;
        Ok(tuple(ts, vec![slf.class_ref(ts).into_value(), args, state]))
    }
}

#[repr(C)]
pub struct TimeZone {
    base: TzInfo,
    pub us: i64,
    name: Option<Value>,
}
payload!(TimeZone, parent = TzInfo);

#[derive(Default)]
struct State {
    utc: OnceCell<Value>,
}

pub fn utc(ts: &ThreadState) -> Value {
    let make = || heap::new(ts, TimeZone { base: TzInfo { _nothing: 0 }, us: 0, name: None }).into_value();
    ts.interp().extension::<State>().utc.get_or_init(make).clone()
}

/// The zone with an offset; without a name and an offset it is UTC itself.
pub fn fixed(ts: &ThreadState, us: i128, name: Option<Value>) -> Result {
    if us == 0 && name.is_none() {
        return Ok(utc(ts));
    }
    if us <= -DAY || us >= DAY {
        let d = Delta::from_us(ts, us)?;
        let text = protocol::repr_lossy(ts, &d)?;
        return Err(ts.value_error(format!(
            "offset must be a timedelta strictly between -timedelta(hours=24) and timedelta(hours=24), not {text}"
        )));
    }
    Ok(heap::new(ts, TimeZone { base: TzInfo { _nothing: 0 }, us: us as i64, name }).into_value())
}

fn datetime_or_none(ts: &ThreadState, method: &str, v: &Value) -> Result<()> {
    if v.is_none() || v.is_instance_of::<DateTime>() {
        return Ok(());
    }
    Err(ts.type_error(format!("{method}(dt) argument must be a datetime instance or None, not {}", v.type_name(ts))))
}

impl TimeZone {
    fn text(&self, ts: &ThreadState) -> Value {
        match &self.name {
            Some(n) => n.clone(),
            None if self.us == 0 => str_value(ts, "UTC"),
            None => str_value(ts, &format!("UTC{}", shown(self.us as i128, ":"))),
        }
    }
}

/// Fixed offset from UTC implementation of tzinfo.
#[class(name = "timezone", module = "datetime", base = TzInfo, final)]
impl TimeZone {
    #[new("(offset, name=<unrepresentable>)", no_signature)]
    fn new(cls: &Type, ts: &ThreadState, offset: &Value, name: Option<&Value>) -> Result {
        let _ = cls;
        let Some(d) = offset.downcast::<Delta>() else {
            return Err(ts.type_error(format!("timezone() argument 1 must be datetime.timedelta, not {}", offset.type_name(ts))));
        };
        if let Some(n) = name
            && n.downcast::<Str>().is_none()
        {
            return Err(ts.type_error(format!("timezone() argument 2 must be str, not {}", n.type_name(ts))));
        }
        fixed(ts, d.total(), name.cloned())
    }
    #[slot(repr)]
    fn repr(ts: &ThreadState, slf: &Value) -> Result {
        let Some(t) = slf.downcast::<TimeZone>() else { return Err(ts.type_error("a timezone is required")) };
        if slf.is(&utc(ts)) {
            return Ok(str_value(ts, "datetime.timezone.utc"));
        }
        let d = protocol::repr_lossy(ts, &Delta::from_us(ts, t.us as i128)?)?;
        Ok(match &t.name {
            Some(n) => str_value(ts, &format!("datetime.timezone({d}, {})", protocol::repr_lossy(ts, n)?)),
            None => str_value(ts, &format!("datetime.timezone({d})")),
        })
    }
    #[slot(str)]
    fn str(&self, ts: &ThreadState) -> Result {
        Ok(self.text(ts))
    }
    #[slot(hash)]
    fn hash(&self, ts: &ThreadState) -> Result<i64> {
        protocol::hash(ts, &Delta::from_us(ts, self.us as i128)?)
    }
    #[slot(richcompare)]
    fn compare(ts: &ThreadState, a: &Value, b: &Value, op: CmpOp) -> Result {
        let _ = ts;
        match (op, a.downcast::<TimeZone>(), b.downcast::<TimeZone>()) {
            (CmpOp::Eq, Some(a), Some(b)) => Ok(Value::bool(a.us == b.us)),
            (CmpOp::Ne, Some(a), Some(b)) => Ok(Value::bool(a.us != b.us)),
            _ => Ok(Value::not_implemented()),
        }
    }
    /// If name is specified when timezone is created, returns the name.  Otherwise returns offset as 'UTC(+|-)HH:MM'.
    #[method("tzname($self, object, /)")]
    fn tzname(&self, ts: &ThreadState, object: &Value) -> Result {
        datetime_or_none(ts, "tzname", object)?;
        Ok(self.text(ts))
    }
    /// Return fixed offset.
    #[method("utcoffset($self, object, /)")]
    fn utcoffset(&self, ts: &ThreadState, object: &Value) -> Result {
        datetime_or_none(ts, "utcoffset", object)?;
        Delta::from_us(ts, self.us as i128)
    }
    /// Return None.
    #[method("dst($self, object, /)")]
    fn dst(&self, ts: &ThreadState, object: &Value) -> Result {
        datetime_or_none(ts, "dst", object)?;
        Ok(Value::none())
    }
    /// datetime in UTC -> datetime in local time.
    #[method("fromutc($self, object, /)")]
    fn fromutc(slf: &Value, ts: &ThreadState, object: &Value) -> Result {
        let Some(dt) = object.downcast::<DateTime>() else {
            return Err(ts.type_error("fromutc() argument must be a datetime instance"));
        };
        if !dt.tz.as_ref().is_some_and(|t| t.is(slf)) {
            return Err(ts.value_error("fromutc: dt.tzinfo is not self"));
        }
        dt.shifted(ts, object, slf.downcast::<TimeZone>().map_or(0, |t| t.us as i128))
    }
    /// pickle support
    #[method("__getinitargs__($self, /)")]
    fn getinitargs(&self, ts: &ThreadState) -> Result {
        let mut args = vec![Delta::from_us(ts, self.us as i128)?];
        args.extend(self.name.clone());
        Ok(tuple(ts, args))
    }
}
