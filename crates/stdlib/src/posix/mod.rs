//! The module `posix`: the operating system, as `os` presents it.

pub mod constants;
pub mod dirs;
pub mod files;
pub mod names;
pub mod path;
pub mod pathparts;
pub mod process;
pub mod spawn;
pub mod stat;
pub mod system;
pub mod users;

use crate::prelude::*;

pub static MODULE: ModuleDef = ModuleDef {
    name: "posix",
    doc: "This module provides access to operating system functionality that is\nstandardized by the C Standard and the POSIX standard (a thinly\ndisguised Unix interface).  Refer to the library manual and\ncorresponding Unix manual entries for more information on calls.",
    functions: &[
        dirs::functions::FUNCTIONS,
        files::functions::FUNCTIONS,
        names::functions::FUNCTIONS,
        pathparts::functions::FUNCTIONS,
        process::functions::FUNCTIONS,
        spawn::functions::FUNCTIONS,
        stat::functions::FUNCTIONS,
        system::functions::FUNCTIONS,
        system::timers::FUNCTIONS,
        users::functions::FUNCTIONS,
    ],
    init: Some(init),
};

fn init(ts: &ThreadState, dict: &Dict) -> Result<()> {
    constants::fill(ts, dict)?;
    dict.set_name(ts, "environ", system::environ(ts)?);
    dict.set_name(ts, "error", exceptions(ts).os_error.clone().into_value());
    dict.set_name(ts, "DirEntry", dirs::DirEntry::class(ts).into_value());
    for s in [
        &stat::STAT_RESULT,
        &stat::STATVFS_RESULT,
        &system::TERMINAL_SIZE,
        &system::UNAME_RESULT,
        &system::TIMES_RESULT,
        &system::SCHED_PARAM,
        &process::WAITID_RESULT,
    ] {
        dict.set_name(ts, s.short_name(), s.class(ts).into_value());
    }
    Ok(())
}
