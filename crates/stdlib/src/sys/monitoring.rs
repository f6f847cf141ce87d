//! The module `sys.monitoring`.

use taipan_objects::code::Code;
use taipan_objects::dict::Dict;
use taipan_objects::monitoring::{self, CodeEvents, TOOLS, bit, event};
use taipan_objects::namespace::Namespace;
use taipan_objects::native::{ModuleDef, functions};
use taipan_objects::value::{Raised, Result, Value};
use taipan_objects::{ThreadState, int, protocol};

pub static MODULE: ModuleDef =
    ModuleDef { name: "sys.monitoring", doc: "", functions: &[functions::FUNCTIONS], init: Some(init) };

fn init(ts: &ThreadState, d: &Dict) -> Result<()> {
    let m = &ts.interp().monitoring;
    d.set_name(ts, "DISABLE", m.disable(ts).clone());
    d.set_name(ts, "MISSING", m.missing(ts).clone());
    for (name, id) in [("DEBUGGER_ID", 0), ("COVERAGE_ID", 1), ("PROFILER_ID", 2), ("OPTIMIZER_ID", 5)] {
        d.set_name(ts, name, int::from_i64(ts, id));
    }
    let events = Namespace::new(ts).into_value();
    for (i, name) in event::NAMES.iter().enumerate() {
        protocol::setattr_name(ts, &events, name, &int::from_i64(ts, 1 << i))?;
    }
    protocol::setattr_name(ts, &events, "NO_EVENTS", &int::from_i64(ts, 0))?;
    d.set_name(ts, "events", events);
    Ok(())
}

const C_EVENTS: u32 = bit(event::C_RETURN) | bit(event::C_RAISE);

fn valid(ts: &ThreadState, tool: i32) -> Result<usize> {
    if (0..TOOLS as i32).contains(&tool) {
        Ok(tool as usize)
    } else {
        Err(ts.value_error(format!("invalid tool {tool} (must be between 0 and 5)")))
    }
}

fn in_use(ts: &ThreadState, tool: i32) -> Result<usize> {
    let i = valid(ts, tool)?;
    if ts.interp().monitoring.tools[i].name.read(|n| n.is_some()) {
        Ok(i)
    } else {
        Err(ts.value_error(format!("tool {tool} is not in use")))
    }
}

/// Checks a set of events and brings it to the form in which it is kept.
fn normal(ts: &ThreadState, set: i32) -> Result<u32> {
    if !(0..1 << event::COUNT).contains(&set) {
        return Err(ts.value_error(format!("invalid event set 0x{set:x}")));
    }
    let mut set = set as u32;
    let call = C_EVENTS | bit(event::CALL);
    if set & C_EVENTS != 0 && set & call != call {
        return Err(ts.value_error("cannot set C_RETURN or C_RAISE events independently"));
    }
    set &= !C_EVENTS;
    if set & bit(event::BRANCH) != 0 {
        set = set & !bit(event::BRANCH) | bit(event::BRANCH_LEFT) | bit(event::BRANCH_RIGHT);
    }
    Ok(set)
}

fn the_code<'a>(ts: &ThreadState, code: &'a Value) -> Result<&'a Code> {
    match code.exact::<Code>() {
        Some(c) => Ok(c),
        None => Err(ts.type_error("code must be a code object")),
    }
}

fn clear(ts: &ThreadState, i: usize) {
    let m = &ts.interp().monitoring;
    m.tools[i].events.set(0);
    m.tools[i].callbacks.iter().for_each(|c| c.set(None));
    // Events of single code objects end with the tool: the generation tells them so.
    m.tool_generations[i].set(m.tool_generations[i].get() + 1);
    monitoring::changed(ts);
}

#[functions(module = "sys.monitoring")]
pub mod functions {
    use super::*;
    #[function("use_tool_id(tool_id, name, /)")]
    fn use_tool_id(ts: &ThreadState, tool_id: i32, name: &Value) -> Result<()> {
        let i = valid(ts, tool_id)?;
        if name.downcast::<taipan_objects::str::Str>().is_none() {
            return Err(ts.value_error("tool name must be a str"));
        }
        let tool = &ts.interp().monitoring.tools[i];
        if tool.name.read(|n| n.is_some()) {
            return Err(ts.value_error(format!("tool {tool_id} is already in use")));
        }
        tool.name.set(Some(name.clone()));
        Ok(())
    }
    #[function("clear_tool_id(tool_id, /)")]
    fn clear_tool_id(ts: &ThreadState, tool_id: i32) -> Result<()> {
        let i = valid(ts, tool_id)?;
        if ts.interp().monitoring.tools[i].name.read(|n| n.is_some()) {
            clear(ts, i);
        }
        Ok(())
    }
    #[function("free_tool_id(tool_id, /)")]
    fn free_tool_id(ts: &ThreadState, tool_id: i32) -> Result<()> {
        let i = valid(ts, tool_id)?;
        if ts.interp().monitoring.tools[i].name.read(|n| n.is_some()) {
            clear(ts, i);
        }
        ts.interp().monitoring.tools[i].name.set(None);
        Ok(())
    }
    #[function("get_tool(tool_id, /)")]
    fn get_tool(ts: &ThreadState, tool_id: i32) -> Result<Option<Value>> {
        let i = valid(ts, tool_id)?;
        Ok(ts.interp().monitoring.tools[i].name.get())
    }
    #[function("register_callback(tool_id, event, func, /)")]
    fn register_callback(ts: &ThreadState, tool_id: i32, event: i32, func: &Value) -> Result<Option<Value>> {
        let i = valid(ts, tool_id)?;
        if event <= 0 || event.count_ones() != 1 {
            return Err(ts.value_error("The callback can only be set for one event at a time"));
        }
        let e = event.trailing_zeros() as usize;
        if e >= event::COUNT {
            return Err(ts.value_error(format!("invalid event {event}")));
        }
        crate::sys::hooks::audit(ts, "sys.monitoring.register_callback", &[func.clone()])?;
        let new = Some(func.clone()).filter(|f| !f.is_none());
        Ok(ts.interp().monitoring.tools[i].callbacks[e].write(|c| std::mem::replace(c, new)))
    }
    #[function("get_events(tool_id, /)")]
    fn get_events(ts: &ThreadState, tool_id: i32) -> Result<u32> {
        let i = valid(ts, tool_id)?;
        Ok(ts.interp().monitoring.tools[i].events.get())
    }
    #[function("set_events(tool_id, event_set, /)")]
    fn set_events(ts: &ThreadState, tool_id: i32, event_set: i32) -> Result<()> {
        let i = valid(ts, tool_id)?;
        let set = normal(ts, event_set)?;
        in_use(ts, tool_id)?;
        ts.interp().monitoring.tools[i].events.set(set);
        monitoring::changed(ts);
        Ok(())
    }
    #[function("get_local_events(tool_id, code, /)")]
    fn get_local_events(ts: &ThreadState, tool_id: i32, code: &Value) -> Result<u32> {
        let code = the_code(ts, code)?;
        let i = valid(ts, tool_id)?;
        Ok(code.monitoring.get().map_or(0, |c| c.local(&ts.interp().monitoring, i)))
    }
    #[function("set_local_events(tool_id, code, event_set, /)")]
    fn set_local_events(ts: &ThreadState, tool_id: i32, code: &Value, event_set: i32) -> Result<()> {
        let code = the_code(ts, code)?;
        let i = in_use(ts, tool_id)?;
        let set = match normal(ts, event_set) {
            Ok(s) => s,
            Err(Raised) => return Err(Raised),
        };
        if set >= bit(event::LOCAL) {
            return Err(ts.value_error(format!("invalid local event set 0x{set:x}")));
        }
        let m = &ts.interp().monitoring;
        CodeEvents::of(code).set_local(m, i, set);
        if set != 0 {
            m.local.set(true);
        }
        monitoring::changed(ts);
        Ok(())
    }
    #[function("restart_events()")]
    fn restart_events(ts: &ThreadState) {
        let m = &ts.interp().monitoring;
        m.generation.set(m.generation.get() + 1);
    }
    #[function("_all_events()")]
    fn _all_events(ts: &ThreadState) -> Result {
        let d = Dict::new(ts);
        for (i, name) in event::NAMES.iter().enumerate().take(event::C_RETURN) {
            let tools = ts.interp().monitoring.tools.iter().enumerate();
            let bits = tools.fold(0, |b, (n, t)| b | ((t.events.get() >> i & 1) as i64) << n);
            if bits != 0 {
                d.set_name(ts, name, int::from_i64(ts, bits));
            }
        }
        Ok(d.into_value())
    }
}
