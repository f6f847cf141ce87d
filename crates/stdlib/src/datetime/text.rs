//! The ISO form, written and read.

use super::time::Clock;
use super::zone;
use crate::prelude::*;

const UNITS: [&str; 6] = ["auto", "hours", "minutes", "seconds", "milliseconds", "microseconds"];

pub fn date(year: i64, month: i64, day: i64) -> String {
    format!("{year:04}-{month:02}-{day:02}")
}

/// The time of day, as exactly as `timespec` says.
pub fn clock(ts: &ThreadState, c: &Clock, timespec: &str) -> Result<String> {
    let Some(mut unit) = UNITS.iter().position(|u| *u == timespec) else {
        return Err(ts.value_error("Unknown timespec value"));
    };
    if unit == 0 {
        unit = if c.us == 0 { 3 } else { 5 };
    }
    let mut out = format!("{:02}", c.hour);
    if unit >= 2 {
        out.push_str(&format!(":{:02}", c.minute));
    }
    if unit >= 3 {
        out.push_str(&format!(":{:02}", c.second));
    }
    match unit {
        4 => out.push_str(&format!(".{:03}", c.us / 1000)),
        5 => out.push_str(&format!(".{:06}", c.us)),
        _ => {}
    }
    Ok(out)
}

fn number(b: &[u8]) -> Option<i64> {
    b.iter().try_fold(0, |n, d| d.is_ascii_digit().then(|| n * 10 + (d - b'0') as i64))
}

/// "YYYY-MM-DD"
pub fn plain_date(b: &[u8]) -> Option<(i64, i64, i64)> {
    if b.len() != 10 || b[4] != b'-' || b[7] != b'-' {
        return None;
    }
    Some((number(&b[..4])?, number(&b[5..7])?, number(&b[8..])?))
}

/// "HH:MM[:SS[.ffffff]]", below 24 hours.
pub fn plain_clock(b: &[u8]) -> Option<Clock> {
    let two = |at: usize| -> Option<i64> { number(b.get(at..at + 2)?) };
    let mut c = Clock { hour: two(0)? as u8, ..Default::default() };
    if *b.get(2)? != b':' {
        return None;
    }
    c.minute = two(3)? as u8;
    if b.len() > 5 {
        if b[5] != b':' {
            return None;
        }
        c.second = two(6)? as u8;
        if b.len() > 8 {
            if b[8] != b'.' || b.len() != 15 {
                return None;
            }
            c.us = number(&b[9..])? as u32;
        }
    }
    (c.hour < 24 && c.minute < 60 && c.second < 60).then_some(c)
}

/// What the Python form made of a text in a less usual shape: its numbers, and the zone as one of ours.
pub fn unusual(ts: &ThreadState, class: &str, text: &Value) -> Result<(Vec<i64>, Option<Value>)> {
    let class_object = protocol::getattr_name(ts, &super::pure(ts)?, class)?;
    let o = protocol::call_method(ts, &class_object, "fromisoformat", std::slice::from_ref(text))?;
    let get = |name: &str| -> Result<i64> { index_i64(ts, &protocol::getattr_name(ts, &o, name)?) };
    let mut parts = vec![];
    if class != "time" {
        for name in ["year", "month", "day"] {
            parts.push(get(name)?);
        }
    }
    if class == "date" {
        return Ok((parts, None));
    }
    for name in ["hour", "minute", "second", "microsecond"] {
        parts.push(get(name)?);
    }
    let tz = protocol::getattr_name(ts, &o, "tzinfo")?;
    if tz.is_none() {
        return Ok((parts, None));
    }
    let d = protocol::call_method(ts, &tz, "utcoffset", &[Value::none()])?;
    let get = |name: &str| -> Result<i128> { Ok(index_i64(ts, &protocol::getattr_name(ts, &d, name)?)? as i128) };
    let us = get("days")? * super::delta::DAY + get("seconds")? * super::delta::SECOND + get("microseconds")?;
    Ok((parts, Some(zone::fixed(ts, us, None)?)))
}
