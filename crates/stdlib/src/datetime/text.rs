//! The ISO form, written and read.

use super::time::Clock;
use super::zone;
use crate::prelude::*;

const UNITS: [&str; 6] = ["auto", "hours", "minutes", "seconds", "milliseconds", "microseconds"];

/// Appends a number of exactly `width` digits.
pub fn digits(out: &mut String, n: u32, width: u32) {
    (0..width).rev().for_each(|i| out.push((b'0' + (n / 10u32.pow(i) % 10) as u8) as char));
}

pub fn date(year: i64, month: i64, day: i64) -> String {
    let mut out = String::with_capacity(40);
    digits(&mut out, year as u32, 4);
    out.push('-');
    digits(&mut out, month as u32, 2);
    out.push('-');
    digits(&mut out, day as u32, 2);
    out
}

/// The time of day, as exactly as `timespec` says.
pub fn clock(ts: &ThreadState, c: &Clock, timespec: &str) -> Result<String> {
    let Some(mut unit) = UNITS.iter().position(|u| *u == timespec) else {
        return Err(ts.value_error("Unknown timespec value"));
    };
    if unit == 0 {
        unit = if c.us == 0 { 3 } else { 5 };
    }
    let mut out = String::with_capacity(24);
    digits(&mut out, c.hour as u32, 2);
    if unit >= 2 {
        out.push(':');
        digits(&mut out, c.minute as u32, 2);
    }
    if unit >= 3 {
        out.push(':');
        digits(&mut out, c.second as u32, 2);
    }
    match unit {
        4 => {
            out.push('.');
            digits(&mut out, c.us / 1000, 3)
        }
        5 => {
            out.push('.');
            digits(&mut out, c.us, 6)
        }
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
