//! The module `time`: clocks, and civil time by the C library.

mod calendar;
mod clocks;

use crate::prelude::*;
use calendar::{STRUCT_TIME, zone_names};

pub static MODULE: ModuleDef = ModuleDef {
    name: "time",
    doc: "Clocks, and the conversion of moments to dates and back.\n\n\
        A moment is a number of seconds since the Epoch, 1970-01-01 00:00:00 UTC; a date is a tuple of nine\n\
        integers (struct_time): year, month, day, hours, minutes, seconds, weekday (Monday is 0), day of the\n\
        year, and whether daylight saving time is in effect.",
    functions: &[clocks::functions::FUNCTIONS, calendar::functions::FUNCTIONS],
    init: Some(init),
};

fn init(ts: &ThreadState, dict: &Dict) -> Result<()> {
    dict.set_name(ts, "struct_time", STRUCT_TIME.class(ts).into_value());
    dict.set_name(ts, "_STRUCT_TM_ITEMS", int_value(ts, 11));
    for (name, id) in clocks::CLOCKS {
        dict.set_name(ts, name, int_value(ts, *id as i64));
    }
    for (name, value) in zone_names(ts) {
        dict.set_name(ts, name, value);
    }
    Ok(())
}
