//! `SyntaxError`: where in which text.

use super::base::BaseException;
use super::members::special;
use crate::int;
use crate::native::{class, Args};
use crate::protocol;
use crate::str::{Str, StrBuilder};
use crate::thread::ThreadState;
use crate::value::{Raised, Result, Value};

special! {
    SyntaxError, MEMBERS {
        msg "exception msg",
        filename "exception filename",
        lineno "exception lineno",
        offset "exception offset",
        text "exception text",
        end_lineno "exception end lineno",
        end_offset "exception end offset",
        print_file_and_line "exception print_file_and_line",
        _metadata "exception private metadata",
    }
}

#[class(name = "SyntaxError", dict, parts(Self::MEMBERS))]
impl SyntaxError {
    #[slot(init)]
    fn init(ts: &ThreadState, slf: &Value, args: Args<'_>) -> Result<()> {
        BaseException::init(ts, slf, args)?;
        // SAFETY: the slot is called with instances of the class.
        let e: &SyntaxError = unsafe { slf.payload_unchecked() };
        if let Some(m) = args.positional.first() {
            e.msg.set(Some(m.clone()));
        }
        if let [_, info] = args.positional {
            let info = protocol::collect(ts, info)?;
            let wrong = |how: &str, n: usize| {
                ts.type_error(format!("function takes {how} {n} arguments ({} given)", info.len()))
            };
            if info.len() < 4 {
                return Err(wrong("at least", 4));
            }
            if info.len() > 7 {
                return Err(wrong("at most", 7));
            }
            for (field, v) in [&e.filename, &e.lineno, &e.offset, &e.text].into_iter().zip(&info) {
                field.set(Some(v.clone()));
            }
            for (i, field) in [&e.end_lineno, &e.end_offset, &e._metadata].into_iter().enumerate() {
                field.set(info.get(4 + i).cloned());
            }
            if info.len() == 5 {
                return Err(ts.type_error("end_offset must be provided when end_lineno is provided"));
            }
        }
        Ok(())
    }
    #[slot(str)]
    fn str_(ts: &ThreadState, slf: &Value) -> Result {
        // SAFETY: as above.
        let e: &SyntaxError = unsafe { slf.payload_unchecked() };
        let filename = e.filename.get().filter(|f| f.downcast::<Str>().is_some());
        let line = e.lineno.get().filter(int::is_exact).map(|l| int::to_i64(&l).unwrap_or(-1));
        let msg = protocol::str_(ts, &e.msg.get().unwrap_or_else(Value::none))?;
        let mut out = StrBuilder::new();
        out.push_text(&msg);
        let base = filename.as_ref().and_then(|f| f.downcast::<Str>()).map(|f| {
            let b = f.bytes();
            &b[b.iter().rposition(|&c| c == b'/').map_or(0, |i| i + 1)..]
        });
        match (base, line) {
            (None, None) => return Ok(msg.into_value()),
            (Some(b), None) => {
                out.push_str(" (");
                out.push_bytes(b);
                out.push_str(")");
            }
            (Some(b), Some(l)) => {
                out.push_str(" (");
                out.push_bytes(b);
                out.push_str(&format!(", line {l})"));
            }
            (None, Some(l)) => out.push_str(&format!(" (line {l})")),
        }
        Ok(out.finish(ts).into_value())
    }
}

/// Where a syntax error is: lines from 1, columns in characters from 1 (0: not known).
pub struct Place<'a> {
    pub filename: &'a Value,
    pub line: i64,
    pub column: i64,
    pub end_line: i64,
    pub end_column: i64,
    /// The line's text.
    pub text: Option<Value>,
}

impl ThreadState {
    /// SyntaxError or one of its subclasses, with everything that a display needs.
    pub fn syntax_error_at(&self, ty: &crate::heap::Ref<crate::typeobject::Type>, message: &str, place: &Place<'_>) -> Raised {
        let n = |i: i64| int::from_i64(self, i);
        let details = [
            place.filename.clone(),
            n(place.line),
            n(place.column),
            place.text.clone().unwrap_or_else(Value::none),
            n(place.end_line),
            n(place.end_column),
        ];
        let details = crate::tuple::Tuple::new(self, details.to_vec()).into_value();
        self.raise_args(ty, vec![Str::new(self, message).into_value(), details])
    }
}
