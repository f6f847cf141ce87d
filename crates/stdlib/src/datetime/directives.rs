//! The usual directives of `strftime`; the Python form does the others.

use super::date::Date;
use super::moment::DateTime;
use super::text::digits;
use super::time::{Clock, Time};
use super::{calendar, is_plain, zone};
use crate::prelude::*;

struct Moment {
    date: (i64, i64, i64),
    clock: Clock,
    tz: Option<Value>,
}

fn moment(ts: &ThreadState, v: &Value) -> Option<Moment> {
    if is_plain::<DateTime>(ts, v) {
        let t = v.downcast::<DateTime>()?;
        return Some(Moment { date: t.base.parts(), clock: t.clock, tz: t.tz.clone() });
    }
    if is_plain::<Date>(ts, v) {
        return Some(Moment { date: v.downcast::<Date>()?.parts(), clock: Clock::default(), tz: None });
    }
    if is_plain::<Time>(ts, v) {
        let t = v.downcast::<Time>()?;
        return Some(Moment { date: (1900, 1, 1), clock: t.clock, tz: t.tz.clone() });
    }
    None
}

/// What the C library writes for a directive whose text depends on the locale.
fn localized(out: &mut String, directive: u8, m: &Moment) -> Option<()> {
    let mut tm: libc::tm = crate::host::zeroed();
    let (y, month, d) = m.date;
    (tm.tm_year, tm.tm_mon, tm.tm_mday) = (y as i32 - 1900, month as i32 - 1, d as i32);
    tm.tm_hour = m.clock.hour as i32;
    tm.tm_wday = (calendar::weekday(y, month, d) as i32 + 1) % 7;
    let format = [b'%' as libc::c_char, directive as libc::c_char, 0];
    let mut buffer = [0 as libc::c_char; 64];
    let n = crate::host::c!(strftime(buffer.as_mut_ptr(), buffer.len(), format.as_ptr(), &tm));
    for &c in &buffer[..n] {
        let c = c as u8;
        if !c.is_ascii() {
            return None;
        }
        out.push(c as char);
    }
    Some(())
}

/// The text, if the object is of a native class and the format asks for nothing unusual.
pub fn strftime(ts: &ThreadState, v: &Value, format: &Str) -> Result<Option<Value>> {
    let (Some(m), Ok(format)) = (moment(ts, v), std::str::from_utf8(format.bytes())) else { return Ok(None) };
    let (y, month, d) = m.date;
    let c = &m.clock;
    let mut out = String::with_capacity(format.len() + 16);
    let mut rest = format;
    while let Some(at) = memchr::memchr(b'%', rest.as_bytes()) {
        out.push_str(&rest[..at]);
        let Some(&directive) = rest.as_bytes().get(at + 1) else { return Ok(None) };
        let clock = |out: &mut String| {
            digits(out, c.hour as u32, 2);
            out.push(':');
            digits(out, c.minute as u32, 2);
        };
        match directive {
            b'%' => out.push('%'),
            b'Y' => digits(&mut out, y as u32, 4),
            b'm' => digits(&mut out, month as u32, 2),
            b'd' => digits(&mut out, d as u32, 2),
            b'H' => digits(&mut out, c.hour as u32, 2),
            b'M' => digits(&mut out, c.minute as u32, 2),
            b'S' => digits(&mut out, c.second as u32, 2),
            b'f' => digits(&mut out, c.us, 6),
            b'y' => digits(&mut out, (y % 100) as u32, 2),
            b'I' => digits(&mut out, (c.hour as u32 + 11) % 12 + 1, 2),
            b'j' => digits(&mut out, (calendar::days_before_month(y, month) + d) as u32, 3),
            b'w' => digits(&mut out, (calendar::weekday(y, month, d) as u32 + 1) % 7, 1),
            b'u' => digits(&mut out, calendar::weekday(y, month, d) as u32 + 1, 1),
            b'F' => {
                digits(&mut out, y as u32, 4);
                out.push('-');
                digits(&mut out, month as u32, 2);
                out.push('-');
                digits(&mut out, d as u32, 2);
            }
            b'R' => clock(&mut out),
            b'T' => {
                clock(&mut out);
                out.push(':');
                digits(&mut out, c.second as u32, 2);
            }
            b'a' | b'A' | b'b' | b'B' | b'p' => {
                if localized(&mut out, directive, &m).is_none() {
                    return Ok(None);
                }
            }
            b'z' | b':' => {
                let colon = directive == b':';
                if colon && rest.as_bytes().get(at + 2) != Some(&b'z') {
                    return Ok(None);
                }
                // `time` has no moment to ask the zone about: None stands for it.
                let asked = if v.is_instance_of::<Date>() { v.clone() } else { Value::none() };
                if let Some(off) = zone::offset(ts, m.tz.as_ref(), "utcoffset", &asked)? {
                    out.push_str(&zone::shown(off, if colon { ":" } else { "" }));
                }
                if colon {
                    rest = &rest[at + 3..];
                    continue;
                }
            }
            b'Z' if m.tz.is_none() => {}
            _ => return Ok(None),
        }
        rest = &rest[at + 2..];
    }
    out.push_str(rest);
    Ok(Some(str_value(ts, &out)))
}
