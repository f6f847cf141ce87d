//! Dates: `struct_time`, and what converts between it, moments and text.

use crate::host::{Errno, zeroed};
use crate::prelude::*;
use std::ffi::CStr;
use taipan_objects::structseq::{Field, StructSeq};
use taipan_objects::{int, module};

pub static STRUCT_TIME: StructSeq = StructSeq {
    name: "time.struct_time",
    doc: "A date as a sequence of nine integers with names. tm_year is the full year, tm_mon counts from 1,
and tm_wday is 0 on Mondays.",
    fields: &[
        Field::new("tm_year", "year, for example, 1993"),
        Field::new("tm_mon", "month of year, range [1, 12]"),
        Field::new("tm_mday", "day of month, range [1, 31]"),
        Field::new("tm_hour", "hours, range [0, 23]"),
        Field::new("tm_min", "minutes, range [0, 59]"),
        Field::new("tm_sec", "seconds, range [0, 61])"),
        Field::new("tm_wday", "day of week, range [0, 6], Monday is 0"),
        Field::new("tm_yday", "day of year, range [1, 366]"),
        Field::new("tm_isdst", "1 if summer time is in effect, 0 if not, and -1 if unknown"),
        Field::new("tm_zone", "abbreviation of timezone name"),
        Field::new("tm_gmtoff", "offset from UTC in seconds"),
    ],
    sequence: 9,
    no_new: false,
    fill: None,
};

unsafe extern "C" {
    fn tzset();
    fn strftime(s: *mut libc::c_char, max: usize, format: *const libc::c_char, tm: *const libc::tm) -> usize;
}

/// A date with the name of its zone, which must stay alive beside the C structure.
struct Date {
    tm: libc::tm,
    zone: Option<std::ffi::CString>,
}

impl Date {
    fn tm(&self) -> libc::tm {
        let mut tm = self.tm;
        if let Some(z) = &self.zone {
            tm.tm_zone = z.as_ptr();
        }
        tm
    }
}

fn zone_text(ts: &ThreadState, zone: *const libc::c_char) -> Value {
    if zone.is_null() {
        return Value::none();
    }
    // SAFETY: the C library gives names that end with 0 and live on.
    str_value(ts, &unsafe { CStr::from_ptr(zone) }.to_string_lossy())
}

fn struct_time(ts: &ThreadState, tm: &libc::tm) -> Result {
    let i = |n: i32| int_value(ts, n as i64);
    let items = vec![
        int_value(ts, tm.tm_year as i64 + 1900),
        i(tm.tm_mon + 1),
        i(tm.tm_mday),
        i(tm.tm_hour),
        i(tm.tm_min),
        i(tm.tm_sec),
        i((tm.tm_wday + 6) % 7),
        i(tm.tm_yday + 1),
        i(tm.tm_isdst),
        zone_text(ts, tm.tm_zone),
        int_value(ts, tm.tm_gmtoff),
    ];
    STRUCT_TIME.make(ts, items)
}

/// Breaks a moment down, as local time or UTC.
fn break_down(seconds: i64, local: bool) -> std::result::Result<libc::tm, Errno> {
    let mut tm: libc::tm = zeroed();
    Errno::clear();
    // SAFETY: both pointers are valid.
    let r = unsafe { if local { libc::localtime_r(&seconds, &mut tm) } else { libc::gmtime_r(&seconds, &mut tm) } };
    if r.is_null() {
        let e = Errno::last();
        return Err(if e.0 == 0 { Errno(libc::EINVAL) } else { e });
    }
    Ok(tm)
}

/// The moment of an optional argument: now when absent or None.
fn moment(ts: &ThreadState, v: Option<&Value>) -> Result<i64> {
    match v {
        Some(v) if !v.is_none() => seconds_to_timespec(ts, v).map(|(s, _)| s),
        _ => {
            let now = std::time::SystemTime::now();
            Ok(match now.duration_since(std::time::UNIX_EPOCH) {
                Ok(d) => d.as_secs() as i64,
                Err(e) => -(e.duration().as_secs() as i64) - 1,
            })
        }
    }
}

fn date_of_moment(ts: &ThreadState, v: Option<&Value>, local: bool) -> Result<libc::tm> {
    let s = moment(ts, v)?;
    break_down(s, local).map_err(|e| e.raise(ts))
}

/// Takes a tuple of nine integers, or a struct_time, apart.
fn date_argument(ts: &ThreadState, v: &Value, function: &str) -> Result<Date> {
    let Some(t) = v.downcast::<Tuple>() else {
        return Err(ts.type_error("Tuple or struct_time argument required"));
    };
    let mut tm: libc::tm = zeroed();
    if t.len() != 9 {
        return Err(ts.type_error(format!("{function}(): illegal time tuple argument")));
    }
    let mut n = [0i32; 9];
    for (i, item) in t.items().iter().enumerate() {
        let item = protocol::index(ts, item)?;
        let Some(wide) = int::to_i64(&item) else {
            return Err(ts.overflow_error("Python int too large to convert to C long"));
        };
        n[i] = i32::try_from(wide).map_err(|_| {
            ts.overflow_error(if wide < 0 { "signed integer is less than minimum" } else { "signed integer is greater than maximum" })
        })?;
    }
    let Some(year) = n[0].checked_sub(1900) else {
        return Err(ts.overflow_error("year out of range"));
    };
    tm.tm_year = year;
    tm.tm_mon = n[1].wrapping_sub(1);
    tm.tm_mday = n[2];
    tm.tm_hour = n[3];
    tm.tm_min = n[4];
    tm.tm_sec = n[5];
    tm.tm_wday = n[6].wrapping_add(1) % 7;
    tm.tm_yday = n[7].wrapping_sub(1);
    tm.tm_isdst = n[8];
    let mut zone = None;
    if v.class(ts).is(&STRUCT_TIME.class(ts)) {
        let offset = protocol::getattr_name(ts, v, "tm_gmtoff")?;
        if !offset.is_none() {
            tm.tm_gmtoff = index_i64(ts, &offset)?;
        }
        let name = protocol::getattr_name(ts, v, "tm_zone")?;
        zone = name.as_str().and_then(|s| std::ffi::CString::new(s.bytes()).ok());
    }
    Ok(Date { tm, zone })
}

/// Checks the ranges that formatting relies on; zeros that stand for nothing become ones.
fn check(ts: &ThreadState, tm: &mut libc::tm) -> Result<()> {
    if tm.tm_mon == -1 {
        tm.tm_mon = 0;
    } else if !(0..12).contains(&tm.tm_mon) {
        return Err(ts.value_error("month out of range"));
    }
    if tm.tm_mday == 0 {
        tm.tm_mday = 1;
    } else if !(0..32).contains(&tm.tm_mday) {
        return Err(ts.value_error("day of month out of range"));
    }
    if !(0..24).contains(&tm.tm_hour) {
        return Err(ts.value_error("hour out of range"));
    }
    if !(0..60).contains(&tm.tm_min) {
        return Err(ts.value_error("minute out of range"));
    }
    if !(0..62).contains(&tm.tm_sec) {
        return Err(ts.value_error("seconds out of range"));
    }
    if tm.tm_wday < 0 {
        return Err(ts.value_error("day of week out of range"));
    }
    if tm.tm_yday == -1 {
        tm.tm_yday = 0;
    } else if !(0..366).contains(&tm.tm_yday) {
        return Err(ts.value_error("day of year out of range"));
    }
    Ok(())
}

fn as_text(tm: &libc::tm) -> String {
    const DAYS: [&str; 7] = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"];
    const MONTHS: [&str; 12] = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
    let day = DAYS.get(tm.tm_wday as usize).unwrap_or(&"???");
    let month = MONTHS.get(tm.tm_mon as usize).unwrap_or(&"???");
    let (h, m, s) = (tm.tm_hour, tm.tm_min, tm.tm_sec);
    format!("{day} {month}{:3} {h:02}:{m:02}:{s:02} {}", tm.tm_mday, tm.tm_year as i64 + 1900)
}

/// Formats with a piece of ASCII without zeros; the result is in the locale's encoding, which is UTF-8.
fn format_piece(ts: &ThreadState, out: &mut Vec<u8>, piece: &[u8], tm: &libc::tm) -> Result<()> {
    if piece.is_empty() {
        return Ok(());
    }
    // A byte more, so that an empty result can be told from one that did not fit.
    let mut format = Vec::with_capacity(piece.len() + 2);
    format.extend_from_slice(piece);
    format.extend_from_slice(b"\x01\0");
    let mut size = 256 + piece.len() * 2;
    loop {
        let mut buffer = vec![0u8; size];
        // SAFETY: the buffer has `size` bytes, the format ends with 0, and `tm` is whole.
        let n = unsafe { strftime(buffer.as_mut_ptr().cast(), size, format.as_ptr().cast(), tm) };
        if n > 0 {
            let text = String::from_utf8_lossy(&buffer[..n - 1]);
            out.extend_from_slice(text.as_bytes());
            return Ok(());
        }
        if size > (1 << 20) + piece.len() * 256 {
            return Err(ts.memory_error());
        }
        size *= 4;
    }
}

/// The names and offsets of the local zone, as module attributes.
pub fn zone_names(ts: &ThreadState) -> Vec<(&'static str, Value)> {
    // SAFETY: reads the environment; the interpreter's lock keeps other Python threads from changing it.
    unsafe { tzset() };
    const YEAR: i64 = (365 * 24 + 6) * 3600;
    let begin = moment(ts, None).unwrap_or(0) / YEAR * YEAR;
    let zone = |t: i64| match break_down(t, true) {
        Ok(tm) => (-tm.tm_gmtoff, zone_text(ts, tm.tm_zone)),
        Err(_) => (0, str_value(ts, "UTC")),
    };
    let (january, july) = (zone(begin), zone(begin + YEAR / 2));
    let daylight = january.0 != july.0;
    // South of the equator daylight saving time is in January.
    let (standard, summer) = if january.0 < july.0 { (july, january) } else { (january, july) };
    vec![
        ("timezone", int_value(ts, standard.0)),
        ("altzone", int_value(ts, summer.0)),
        ("daylight", int_value(ts, daylight as i64)),
        ("tzname", tuple(ts, vec![standard.1, summer.1])),
    ]
}

#[taipan_macros::functions(module = "time")]
pub mod functions {
    use super::*;

    /// gmtime([seconds]) -> (tm_year, tm_mon, tm_mday, tm_hour, tm_min,
    ///                        tm_sec, tm_wday, tm_yday, tm_isdst)
    ///
    /// The date of a moment, of now without one, in UTC.
    #[function("gmtime(seconds=<unrepresentable>, /)", no_signature)]
    fn gmtime(ts: &ThreadState, seconds: Option<&Value>) -> Result {
        let tm = date_of_moment(ts, seconds, false)?;
        struct_time(ts, &tm)
    }
    /// localtime([seconds]) -> (tm_year,tm_mon,tm_mday,tm_hour,tm_min,
    ///                           tm_sec,tm_wday,tm_yday,tm_isdst)
    ///
    /// The date of a moment, of now without one, in local time.
    #[function("localtime(seconds=<unrepresentable>, /)", no_signature)]
    fn localtime(ts: &ThreadState, seconds: Option<&Value>) -> Result {
        let tm = date_of_moment(ts, seconds, true)?;
        struct_time(ts, &tm)
    }
    /// asctime([tuple]) -> string
    ///
    /// A date as text, e.g. 'Sat Jun 06 16:26:11 1998'.
    #[function("asctime(tuple=<unrepresentable>, /)", no_signature)]
    fn asctime(ts: &ThreadState, tuple: Option<&Value>) -> Result<String> {
        let mut tm = match tuple {
            None => date_of_moment(ts, None, true)?,
            Some(t) => date_argument(ts, t, "asctime")?.tm,
        };
        check(ts, &mut tm)?;
        Ok(as_text(&tm))
    }
    /// ctime(seconds) -> string
    ///
    /// The local date of a moment as text.
    #[function("ctime(seconds=<unrepresentable>, /)", no_signature)]
    fn ctime(ts: &ThreadState, seconds: Option<&Value>) -> Result<String> {
        Ok(as_text(&date_of_moment(ts, seconds, true)?))
    }
    /// The moment of a date in local time.
    #[function("mktime(date, /)")]
    fn mktime(ts: &ThreadState, date: &Value) -> Result<f64> {
        let mut tm = date_argument(ts, date, "mktime")?.tm;
        tm.tm_wday = -1;
        // SAFETY: `tm` is whole; it names no zone.
        let t = unsafe { libc::mktime(&mut tm) };
        if t == -1 && tm.tm_wday == -1 {
            return Err(ts.overflow_error("mktime argument out of range"));
        }
        Ok(t as f64)
    }
    /// strftime(format[, tuple]) -> string
    ///
    /// Convert a time tuple to a string according to a format specification.
    #[function("strftime(format, tuple=<unrepresentable>, /)", no_signature)]
    fn strftime(ts: &ThreadState, format: &Str, tuple: Option<&Value>) -> Result {
        let mut date = match tuple {
            None => Date { tm: date_of_moment(ts, None, true)?, zone: None },
            Some(t) => date_argument(ts, t, "strftime")?,
        };
        check(ts, &mut date.tm)?;
        date.tm.tm_isdst = date.tm.tm_isdst.clamp(-1, 1);
        let tm = date.tm();
        // Only ASCII passes through the C library; all else is copied.
        let mut out = Vec::new();
        let plain = |b: u8| b != 0 && b < 0x80;
        let mut rest = format.bytes();
        while !rest.is_empty() {
            let n = rest.iter().take_while(|&&b| plain(b)).count();
            format_piece(ts, &mut out, &rest[..n], &tm)?;
            rest = &rest[n..];
            let n = rest.iter().take_while(|&&b| !plain(b)).count();
            out.extend_from_slice(&rest[..n]);
            rest = &rest[n..];
        }
        Ok(Str::from_wtf8(ts, out).into_value())
    }
    /// strptime(string, format) -> struct_time
    ///
    /// The date that a text holds, in a given format.
    #[function("strptime(string, format='%a %b %d %H:%M:%S %Y', /)", no_signature)]
    fn strptime(ts: &ThreadState, string: &Value, format: &Value) -> Result {
        let module = module::import(ts, "_strptime")?;
        protocol::call_method(ts, &module, "_strptime_time", &[string.clone(), format.clone()])
    }
    /// Reads the time zone anew from the environment variable TZ.
    #[function("tzset()")]
    fn tzset(ts: &ThreadState) -> Result<()> {
        let module = module::import(ts, "time")?;
        for (name, value) in zone_names(ts) {
            protocol::setattr_name(ts, &module, name, &value)?;
        }
        Ok(())
    }
}
