//! The module `_datetime`: dates, times and their differences.

mod calendar;
mod date;
mod delta;
mod directives;
mod moment;
mod text;
mod time;
mod zone;
mod zone_rules;
pub mod zoneinfo;

use crate::prelude::*;
use taipan_objects::str::Str as Text;
use taipan_objects::structseq::{Field, StructSeq};

pub static MODULE: ModuleDef =
    ModuleDef { name: "_datetime", doc: "Fast implementation of the datetime module.", functions: &[], init: Some(init) };

static ISO_DATE: StructSeq = StructSeq {
    name: "datetime.IsoCalendarDate",
    doc: "The result of date.isocalendar() or datetime.isocalendar()\n\nThis object may be accessed either as a tuple of\n  ((year, week, weekday))\nor via the object attributes as named in the above tuple.",
    fields: &[Field::new("year", ""), Field::new("week", ""), Field::new("weekday", "")],
    sequence: 3,
    no_new: true,
    fill: None,
};

fn init(ts: &ThreadState, dict: &Dict) -> Result<()> {
    use date::Date;
    use delta::Delta;
    use moment::DateTime;
    use time::Time;
    use zone::{TimeZone, TzInfo};
    dict.set_name(ts, "MINYEAR", int_value(ts, 1));
    dict.set_name(ts, "MAXYEAR", int_value(ts, 9999));
    let (date, delta, moment, time) = (Date::class(ts), Delta::class(ts), DateTime::class(ts), Time::class(ts));
    let (tzinfo, timezone) = (TzInfo::class(ts), TimeZone::class(ts));
    let set = |c: &Ref<Type>, name: &str, v: Value| c.dict.set_str(ts, &Text::intern(ts, name), v);
    const DAY: i128 = delta::DAY;
    let microsecond = Delta::from_us(ts, 1)?;
    let utc = zone::utc(ts);
    if !delta.dict.contains_str(&Text::intern(ts, "min")) {
        set(&delta, "min", Delta::from_us(ts, -999_999_999 * DAY)?);
        set(&delta, "max", Delta::from_us(ts, 1_000_000_000 * DAY - 1)?);
        set(&delta, "resolution", microsecond.clone());
        set(&date, "min", date::make(ts, 1, 1, 1));
        set(&date, "max", date::make(ts, 9999, 12, 31));
        set(&date, "resolution", Delta::from_us(ts, DAY)?);
        set(&moment, "min", moment::Fields { year: 1, month: 1, day: 1, ..Default::default() }.make(ts));
        set(&moment, "max", moment::Fields { year: 9999, month: 12, day: 31, time: time::LAST, tz: None }.make(ts));
        set(&moment, "resolution", microsecond.clone());
        set(&time, "min", time::make(ts, time::Clock::default(), None));
        set(&time, "max", time::make(ts, time::LAST, None));
        set(&time, "resolution", microsecond);
        set(&timezone, "utc", utc.clone());
        set(&timezone, "min", zone::fixed(ts, -(DAY - 60_000_000), None)?);
        set(&timezone, "max", zone::fixed(ts, DAY - 60_000_000, None)?);
    }
    dict.set_name(ts, "UTC", utc);
    for (name, class) in [("date", date), ("timedelta", delta), ("datetime", moment), ("time", time), ("tzinfo", tzinfo), ("timezone", timezone)] {
        dict.set_name(ts, name, class.into_value());
    }
    Ok(())
}

/// "'x' object …": an argument of a constructor that was left out.
fn missing(ts: &ThreadState, name: &str, place: usize) -> Raised {
    ts.type_error(format!("function missing required argument '{name}' (pos {place})"))
}

/// A comparison's answer.
fn answer(op: CmpOp, order: std::cmp::Ordering) -> Value {
    Value::bool(match op {
        CmpOp::Lt => order.is_lt(),
        CmpOp::Le => order.is_le(),
        CmpOp::Eq => order.is_eq(),
        CmpOp::Ne => order.is_ne(),
        CmpOp::Gt => order.is_gt(),
        CmpOp::Ge => order.is_ge(),
    })
}

/// Is the object's class the native one itself?
fn is_plain<T: ClassDef + Payload>(ts: &ThreadState, v: &Value) -> bool {
    taipan_objects::typeobject::known_class::<T>(ts).is_some_and(|t| std::ptr::eq(v.class(ts), t))
}

/// `strftime`: the usual directives at once, the others as the C library has them.
fn strftime(ts: &ThreadState, slf: &Value, format: &Value, timetuple: impl FnOnce() -> Result) -> Result {
    let Some(f) = format.downcast::<Str>() else {
        return Err(ts.type_error(format!("strftime() argument 1 must be str, not {}", format.type_name(ts))));
    };
    if let Some(text) = directives::strftime(ts, slf, f)? {
        return Ok(text);
    }
    let none = Value::none();
    let (tz, us) = if let Some(t) = slf.downcast::<moment::DateTime>() {
        (t.tz.as_ref().map(|tz| (tz, slf)), t.clock.us)
    } else if let Some(t) = slf.downcast::<time::Time>() {
        (t.tz.as_ref().map(|tz| (tz, &none)), t.clock.us)
    } else {
        (None, 0)
    };
    text::strftime(ts, tz, us, format, timetuple()?)
}

/// `__format__`: `str` without a format, else `strftime`.
fn formatted(ts: &ThreadState, slf: &Value, format: &Value) -> Result {
    let Some(s) = format.downcast::<Str>() else {
        return Err(ts.type_error(format!("__format__() argument 1 must be str, not {}", format.type_name(ts))));
    };
    if s.is_empty() {
        return Ok(protocol::str_(ts, slf)?.into_value());
    }
    protocol::call_method(ts, slf, "strftime", std::slice::from_ref(format))
}

/// The bytes of a pickled state, in whichever form Python 2 or 3 left them.
fn pickled<const N: usize>(v: &Value) -> Option<[u8; N]> {
    if let Some(b) = v.downcast::<Bytes>() {
        return b.as_slice().try_into().ok();
    }
    let s = v.downcast::<Str>()?;
    if s.len() != N {
        return None;
    }
    let mut out = [0; N];
    for (o, cp) in out.iter_mut().zip(s.code_points()) {
        *o = u8::try_from(cp).ok()?;
    }
    Some(out)
}

fn struct_time(ts: &ThreadState, parts: [i64; 9]) -> Result {
    let module = taipan_objects::module::import(ts, "time")?;
    let items = parts.iter().map(|n| int_value(ts, *n)).collect();
    protocol::call_method(ts, &module, "struct_time", &[tuple(ts, items)])
}

/// Calls a class with numbers and, at the end, perhaps a zone.
fn construct(ts: &ThreadState, class: &Value, parts: &[i64], tz: Option<&Value>) -> Result {
    let mut args: Vec<Value> = parts.iter().map(|n| int_value(ts, *n)).collect();
    args.extend(tz.cloned());
    protocol::call(ts, class, &args)
}

/// What a method `replace` takes: the old value for what is not given.
fn given<'a>(v: Option<&'a Value>) -> Option<&'a Value> {
    v
}

/// The arguments of `strptime` are texts.
fn check_texts(ts: &ThreadState, string: &Value, format: &Value) -> Result<()> {
    for (i, v) in [string, format].into_iter().enumerate() {
        if v.as_str().is_none() {
            let kind = if v.is_none() { "None".into() } else { v.type_name(ts) };
            return Err(ts.type_error(format!("strptime() argument {} must be str, not {kind}", i + 1)));
        }
    }
    Ok(())
}
