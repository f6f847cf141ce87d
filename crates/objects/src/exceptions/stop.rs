//! `StopIteration` and `SystemExit`: exceptions that carry a value out.

use super::base::{base_of, BaseException};
use super::members::special;
use crate::native::{class, Args};
use crate::thread::ThreadState;
use crate::value::{Result, Value};

special! {
    StopIteration, MEMBERS { value "generator return value", }
}

#[class(name = "StopIteration", dict, parts(Self::MEMBERS))]
impl StopIteration {
    #[slot(init)]
    fn init(ts: &ThreadState, slf: &Value, args: Args<'_>) -> Result<()> {
        BaseException::init(ts, slf, args)?;
        // SAFETY: the slot is called with instances of the class.
        let e: &StopIteration = unsafe { slf.payload_unchecked() };
        e.value.set(args.positional.first().cloned());
        Ok(())
    }
}

/// The value that a StopIteration carries; None for anything else.
pub fn stop_value(exc: &Value) -> Value {
    exc.downcast::<StopIteration>().and_then(|e| e.value.get()).unwrap_or_else(Value::none)
}

special! {
    SystemExit, MEMBERS { code "exception code", }
}

#[class(name = "SystemExit", dict, parts(Self::MEMBERS))]
impl SystemExit {
    #[slot(init)]
    fn init(ts: &ThreadState, slf: &Value, args: Args<'_>) -> Result<()> {
        BaseException::init(ts, slf, args)?;
        // SAFETY: as above.
        let e: &SystemExit = unsafe { slf.payload_unchecked() };
        e.code.set(match args.positional {
            [] => None,
            [one] => Some(one.clone()),
            // SAFETY: as above.
            _ => Some(unsafe { base_of(slf) }.args.get()),
        });
        Ok(())
    }
}
