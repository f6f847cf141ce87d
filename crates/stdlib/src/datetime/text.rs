//! The ISO form, written and read.

use super::time::Clock;
use super::{calendar, zone};
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

/// Digits at `at`; none of the text's own are so many.
fn number_at(b: &[u8], at: usize, n: usize) -> Option<i64> {
    number(b.get(at..at + n)?)
}

/// A date in any of the ISO forms, with or without separators, by month or by week.
pub fn any_date(b: &[u8]) -> Option<(i64, i64, i64)> {
    if !matches!(b.len(), 7 | 8 | 10) {
        return None;
    }
    let year = number_at(b, 0, 4)?;
    let separated = b[4] == b'-';
    let mut at = 4 + usize::from(separated);
    let separator = |at: &mut usize| -> Option<()> {
        if separated {
            if b.get(*at) != Some(&b'-') {
                return None;
            }
            *at += 1;
        }
        Some(())
    };
    if b.get(at) == Some(&b'W') {
        let week = number_at(b, at + 1, 2)?;
        at += 3;
        let mut day = 1;
        if at < b.len() {
            separator(&mut at)?;
            day = number_at(b, at, 1)?;
        }
        return iso_week(year, week, day).ok();
    }
    let month = number_at(b, at, 2)?;
    at += 2;
    separator(&mut at)?;
    let day = number_at(b, at, 2)?;
    (at + 2 == b.len()).then_some((year, month, day))
}

/// What is wrong with a date of the ISO calendar.
pub enum Week {
    Year,
    Week,
    Day,
}

/// Year, month and day of a date of the ISO calendar.
pub fn iso_week(year: i64, week: i64, day: i64) -> std::result::Result<(i64, i64, i64), Week> {
    if !(1..=9999).contains(&year) {
        return Err(Week::Year);
    }
    let first = calendar::weekday(year, 1, 1);
    let long = first == 3 || first == 2 && calendar::is_leap(year);
    if !(1..=52).contains(&week) && !(week == 53 && long) {
        return Err(Week::Week);
    }
    if !(1..=7).contains(&day) {
        return Err(Week::Day);
    }
    let n = calendar::iso_week1(year) + (week - 1) * 7 + day - 1;
    // The year 0 has days that belong to the first week of the year 1.
    Ok(if n < 1 { (0, 12, 31 + n) } else { calendar::from_ordinal(n) })
}

/// HH[:?MM[:?SS[{.,}f+]]] and whether something is left.
fn any_clock(b: &[u8]) -> Option<([i64; 4], bool)> {
    let mut v = [0i64; 4];
    let mut at = 0;
    let mut separated = true;
    for i in 0..3 {
        v[i] = number_at(b, at, 2)?;
        at += 2;
        let Some(&c) = b.get(at) else { return Some((v, false)) };
        at += 1;
        if i == 0 {
            separated = c == b':';
        }
        if at >= b.len() {
            return None;
        } else if separated && c == b':' {
            if i == 2 {
                return None;
            }
        } else if c == b'.' || c == b',' {
            if i < 2 {
                return None;
            }
            break;
        } else if !separated {
            at -= 1;
        } else {
            return None;
        }
    }
    let n = (b.len() - at).min(6);
    v[3] = number_at(b, at, n)? * 10i64.pow(6 - n as u32);
    at += n;
    while b.get(at).is_some_and(u8::is_ascii_digit) {
        at += 1;
    }
    Some((v, at < b.len()))
}

/// A time of day, and its offset in microseconds where it has one.
pub fn any_time(b: &[u8]) -> Option<([i64; 4], Option<i128>)> {
    let Some(at) = b.iter().position(|c| matches!(c, b'+' | b'-' | b'Z')) else {
        let (v, rest) = any_clock(b)?;
        return (!rest).then_some((v, None));
    };
    let (v, _) = any_clock(&b[..at])?;
    if b[at] == b'Z' {
        return (at + 1 == b.len()).then_some((v, Some(0)));
    }
    let (z, rest) = any_clock(&b[at + 1..])?;
    if rest {
        return None;
    }
    let us = ((z[0] * 60 + z[1]) * 60 + z[2]) as i128 * 1_000_000 + z[3] as i128;
    Some((v, Some(if b[at] == b'-' { -us } else { us })))
}

/// Where the date ends in the text of a datetime with at least 7 bytes.
pub fn date_end(b: &[u8]) -> Option<usize> {
    let len = b.len();
    if len == 7 {
        return Some(7);
    }
    let digit = |i: usize| b.get(i).is_some_and(u8::is_ascii_digit);
    if b[4] == b'-' {
        if b[5] != b'W' {
            return Some(10);
        }
        if len > 8 && b[8] == b'-' {
            if len == 9 {
                return None;
            }
            // A digit at 10 is rather the time's than the separator.
            return Some(if len > 10 && digit(10) { 8 } else { 10 });
        }
        return Some(8);
    }
    if b[4] != b'W' {
        return Some(8);
    }
    let end = (7..len).find(|&i| !digit(i)).unwrap_or(len);
    Some(if end < 9 {
        end
    } else if end % 2 == 0 {
        7
    } else {
        8
    })
}

/// A zone for an offset that a text told.
pub fn zone_of(ts: &ThreadState, us: Option<i128>) -> Result<Option<Value>> {
    us.map(|us| zone::fixed(ts, us, None)).transpose()
}

pub fn invalid(ts: &ThreadState, text: &Value) -> Raised {
    match protocol::repr_lossy(ts, text) {
        Ok(r) => ts.value_error(format!("Invalid isoformat string: {r}")),
        Err(e) => e,
    }
}

/// `strftime`: what only the object knows is put into the format, the rest is `time.strftime`'s.
pub fn strftime(ts: &ThreadState, tz: Option<(&Value, &Value)>, us: u32, format: &Value, timetuple: Value) -> Result {
    let Some(f) = format.downcast::<Str>() else {
        return Err(ts.type_error(format!("strftime() argument 1 must be str, not {}", format.type_name(ts))));
    };
    let time = taipan_objects::module::import(ts, "time")?;
    let part = |i: i64| -> Result<i64> { index_i64(ts, &protocol::getitem(ts, &timetuple, &int_value(ts, i))?) };
    let offset = |separator: &str| -> Result<Vec<u8>> {
        let Some((tz, v)) = tz else { return Ok(vec![]) };
        Ok(zone::offset(ts, Some(tz), "utcoffset", v)?.map_or(vec![], |us| zone::shown(us, separator).into_bytes()))
    };
    let mut out = vec![];
    let b = f.bytes();
    let mut at = 0;
    while at < b.len() {
        let rest = &b[at..];
        let Some(n) = memchr::memchr(b'%', rest) else {
            out.extend_from_slice(rest);
            break;
        };
        out.extend_from_slice(&rest[..n]);
        at += n + 2;
        match rest.get(n + 1) {
            None => out.push(b'%'),
            Some(b'f') => out.extend_from_slice(format!("{us:06}").as_bytes()),
            Some(b'z') => out.extend(offset("")?),
            Some(b':') if rest.get(n + 2) == Some(&b'z') => {
                at += 1;
                out.extend(offset(":")?);
            }
            Some(b'Z') => {
                if let Some((tz, v)) = tz {
                    let name = zone::name(ts, Some(tz), v)?;
                    let name = match &name {
                        // A class of its own may have ideas about `replace`.
                        n if n.is_none() || n.as_str_exact().is_some() => name,
                        n => protocol::call_method(ts, n, "replace", &[str_value(ts, "%"), str_value(ts, "%%")])?,
                    };
                    if !name.is_none() && name.downcast::<Str>().is_none() {
                        return Err(ts.type_error("tzname.replace() did not return a string"));
                    }
                    if let Some(s) = name.downcast::<Str>() {
                        for c in s.bytes() {
                            out.extend_from_slice(if *c == b'%' { b"%%" } else { std::slice::from_ref(c) });
                        }
                    }
                }
            }
            // The C library writes early years without zeros.
            Some(c @ (b'Y' | b'G' | b'F' | b'C')) if part(0)? < 1000 => {
                let mut year = part(0)?;
                if *c == b'G' {
                    let text = protocol::call_method(ts, &time, "strftime", &[str_value(ts, "%G"), timetuple.clone()])?;
                    year = text.as_str().and_then(|s| s.as_str().and_then(|s| s.trim().parse().ok())).unwrap_or(year);
                }
                let text = match c {
                    b'C' => format!("{:02}", year / 100),
                    b'F' => date(year, part(1)?, part(2)?),
                    _ => format!("{year:04}"),
                };
                out.extend_from_slice(text.as_bytes());
            }
            // The byte behind may be the first of several: they follow.
            Some(c) => out.extend_from_slice(&[b'%', *c]),
        }
    }
    protocol::call_method(ts, &time, "strftime", &[Str::from_wtf8(ts, out).into_value(), timetuple])
}
