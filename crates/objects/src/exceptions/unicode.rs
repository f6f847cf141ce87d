//! `UnicodeEncodeError`, `UnicodeDecodeError`, `UnicodeTranslateError`.

use super::base::BaseException;
use super::members::special;
use crate::bytes::Bytes;
use crate::native::{class, Args};
use crate::protocol;
use crate::str::{Str, StrBuilder};
use crate::thread::ThreadState;
use crate::value::{Raised, Result, Value};
use std::cell::Cell;

macro_rules! unicode_error {
    ($t:ident) => {
        special! {
            $t, MEMBERS {
                encoding "exception encoding",
                object "exception object",
                reason "exception reason",
            } plus {
                start: Cell<isize> = Cell::new(0),
                end: Cell<isize> = Cell::new(0),
            }
        }
    };
}

unicode_error!(UnicodeEncodeError);
unicode_error!(UnicodeDecodeError);
unicode_error!(UnicodeTranslateError);

fn set_position(ts: &ThreadState, cell: &Cell<isize>, v: Option<&Value>) -> Result<()> {
    match v {
        Some(v) => {
            cell.set(protocol::as_isize(ts, v)?);
            Ok(())
        }
        None => Err(ts.type_error("can't delete numeric/char attribute")),
    }
}

fn count(ts: &ThreadState, args: &[Value], wanted: usize) -> Result<()> {
    if args.len() != wanted {
        return Err(ts.type_error(format!("function takes exactly {wanted} arguments ({} given)", args.len())));
    }
    Ok(())
}

fn text(ts: &ThreadState, args: &[Value], i: usize) -> Result<Option<Value>> {
    if args[i].downcast::<Str>().is_none() {
        let given = if args[i].is_none() { "None".into() } else { args[i].type_name(ts) };
        return Err(ts.type_error(format!("argument {} must be str, not {given}", i + 1)));
    }
    Ok(Some(args[i].clone()))
}

/// The text of a field that anybody may have set to anything.
fn shown(ts: &ThreadState, v: Option<Value>) -> Result<crate::heap::Ref<Str>> {
    match v {
        Some(v) => protocol::str_(ts, &v),
        None => Ok(Str::new(ts, "")),
    }
}

/// "\xe9", "\u20ac", "\U0001f600"
fn escape(c: u32) -> String {
    match c {
        0..0x100 => format!("\\x{c:02x}"),
        0x100..0x1_0000 => format!("\\u{c:04x}"),
        _ => format!("\\U{c:08x}"),
    }
}

/// The one position, or "start-end".
fn single(start: isize, end: isize, len: usize) -> Option<usize> {
    let n = len as isize;
    (start >= 0 && start < n && end >= 0 && end <= n && end == start + 1).then_some(start as usize)
}

fn wrong_object(ts: &ThreadState, expected: &str) -> Raised {
    ts.type_error(format!("object attribute must be {expected}"))
}

#[class(name = "UnicodeEncodeError", dict, parts(Self::MEMBERS))]
impl UnicodeEncodeError {
    #[slot(init)]
    fn init(ts: &ThreadState, slf: &Value, args: Args<'_>) -> Result<()> {
        BaseException::init(ts, slf, args)?;
        // SAFETY: the slot is called with instances of the class.
        let e: &UnicodeEncodeError = unsafe { slf.payload_unchecked() };
        let a = args.positional;
        count(ts, a, 5)?;
        let (encoding, object) = (text(ts, a, 0)?, text(ts, a, 1)?);
        let (start, end) = (protocol::as_isize(ts, &a[2])?, protocol::as_isize(ts, &a[3])?);
        let reason = text(ts, a, 4)?;
        e.encoding.set(encoding);
        e.object.set(object);
        e.start.set(start);
        e.end.set(end);
        e.reason.set(reason);
        Ok(())
    }
    #[slot(str)]
    fn str_(ts: &ThreadState, slf: &Value) -> Result {
        // SAFETY: as above.
        let e: &UnicodeEncodeError = unsafe { slf.payload_unchecked() };
        if e.object.read(Option::is_none) {
            return Ok(Str::new(ts, "").into_value());
        }
        let (reason, encoding) = (shown(ts, e.reason.get())?, shown(ts, e.encoding.get())?);
        // Which may have taken the object away.
        let object = e.object.get().unwrap_or_else(Value::none);
        let Some(s) = object.downcast::<Str>() else { return Err(wrong_object(ts, "unicode")) };
        let (start, end) = (e.start.get(), e.end.get());
        let mut b = StrBuilder::new();
        b.push_str("'");
        b.push_text(&encoding);
        b.push_str(&match single(start, end, s.len()) {
            Some(i) => format!("' codec can't encode character '{}' in position {i}: ", escape(s.code_point(i))),
            None => format!("' codec can't encode characters in position {start}-{}: ", end.wrapping_sub(1)),
        });
        b.push_text(&reason);
        Ok(b.finish(ts).into_value())
    }
    #[getter("start", member)]
    fn get_start(&self) -> isize {
        self.start.get()
    }
    #[setter("start")]
    fn set_start(&self, ts: &ThreadState, v: Option<&Value>) -> Result<()> {
        set_position(ts, &self.start, v)
    }
    #[getter("end", member)]
    fn get_end(&self) -> isize {
        self.end.get()
    }
    #[setter("end")]
    fn set_end(&self, ts: &ThreadState, v: Option<&Value>) -> Result<()> {
        set_position(ts, &self.end, v)
    }
}

#[class(name = "UnicodeDecodeError", dict, parts(Self::MEMBERS))]
impl UnicodeDecodeError {
    #[slot(init)]
    fn init(ts: &ThreadState, slf: &Value, args: Args<'_>) -> Result<()> {
        BaseException::init(ts, slf, args)?;
        // SAFETY: the slot is called with instances of the class.
        let e: &UnicodeDecodeError = unsafe { slf.payload_unchecked() };
        let a = args.positional;
        count(ts, a, 5)?;
        let encoding = text(ts, a, 0)?;
        let (start, end) = (protocol::as_isize(ts, &a[2])?, protocol::as_isize(ts, &a[3])?);
        let reason = text(ts, a, 4)?;
        let object = match a[1].downcast::<Bytes>() {
            Some(_) => a[1].clone(),
            None => Bytes::new(ts, &crate::buffer::to_vec(ts, &a[1])?).into_value(),
        };
        e.encoding.set(encoding);
        e.object.set(Some(object));
        e.start.set(start);
        e.end.set(end);
        e.reason.set(reason);
        Ok(())
    }
    #[slot(str)]
    fn str_(ts: &ThreadState, slf: &Value) -> Result {
        // SAFETY: as above.
        let e: &UnicodeDecodeError = unsafe { slf.payload_unchecked() };
        if e.object.read(Option::is_none) {
            return Ok(Str::new(ts, "").into_value());
        }
        let (reason, encoding) = (shown(ts, e.reason.get())?, shown(ts, e.encoding.get())?);
        // Which may have taken the object away.
        let object = e.object.get().unwrap_or_else(Value::none);
        let Some(o) = object.downcast::<Bytes>() else { return Err(wrong_object(ts, "bytes")) };
        let (start, end) = (e.start.get(), e.end.get());
        let mut b = StrBuilder::new();
        b.push_str("'");
        b.push_text(&encoding);
        b.push_str(&match single(start, end, o.len()) {
            Some(i) => format!("' codec can't decode byte {:#04x} in position {i}: ", o.as_slice()[i]),
            None => format!("' codec can't decode bytes in position {start}-{}: ", end.wrapping_sub(1)),
        });
        b.push_text(&reason);
        Ok(b.finish(ts).into_value())
    }
    #[getter("start", member)]
    fn get_start(&self) -> isize {
        self.start.get()
    }
    #[setter("start")]
    fn set_start(&self, ts: &ThreadState, v: Option<&Value>) -> Result<()> {
        set_position(ts, &self.start, v)
    }
    #[getter("end", member)]
    fn get_end(&self) -> isize {
        self.end.get()
    }
    #[setter("end")]
    fn set_end(&self, ts: &ThreadState, v: Option<&Value>) -> Result<()> {
        set_position(ts, &self.end, v)
    }
}

#[class(name = "UnicodeTranslateError", dict, parts(Self::MEMBERS))]
impl UnicodeTranslateError {
    #[slot(init)]
    fn init(ts: &ThreadState, slf: &Value, args: Args<'_>) -> Result<()> {
        BaseException::init(ts, slf, args)?;
        // SAFETY: the slot is called with instances of the class.
        let e: &UnicodeTranslateError = unsafe { slf.payload_unchecked() };
        let a = args.positional;
        count(ts, a, 4)?;
        let object = text(ts, a, 0)?;
        let (start, end) = (protocol::as_isize(ts, &a[1])?, protocol::as_isize(ts, &a[2])?);
        let reason = text(ts, a, 3)?;
        e.object.set(object);
        e.start.set(start);
        e.end.set(end);
        e.reason.set(reason);
        Ok(())
    }
    #[slot(str)]
    fn str_(ts: &ThreadState, slf: &Value) -> Result {
        // SAFETY: as above.
        let e: &UnicodeTranslateError = unsafe { slf.payload_unchecked() };
        if e.object.read(Option::is_none) {
            return Ok(Str::new(ts, "").into_value());
        }
        let reason = shown(ts, e.reason.get())?;
        let object = e.object.get().unwrap_or_else(Value::none);
        let Some(s) = object.downcast::<Str>() else { return Err(wrong_object(ts, "unicode")) };
        let (start, end) = (e.start.get(), e.end.get());
        let mut b = StrBuilder::new();
        b.push_str(&match single(start, end, s.len()) {
            Some(i) => format!("can't translate character '{}' in position {i}: ", escape(s.code_point(i))),
            None => format!("can't translate characters in position {start}-{}: ", end.wrapping_sub(1)),
        });
        b.push_text(&reason);
        Ok(b.finish(ts).into_value())
    }
    #[getter("start", member)]
    fn get_start(&self) -> isize {
        self.start.get()
    }
    #[setter("start")]
    fn set_start(&self, ts: &ThreadState, v: Option<&Value>) -> Result<()> {
        set_position(ts, &self.start, v)
    }
    #[getter("end", member)]
    fn get_end(&self) -> isize {
        self.end.get()
    }
    #[setter("end")]
    fn set_end(&self, ts: &ThreadState, v: Option<&Value>) -> Result<()> {
        set_position(ts, &self.end, v)
    }
}

