//! Reading code objects, calling the rewriter, telling what it found.

use pyo3::exceptions::{PyRuntimeError, PyValueError};
use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyDict, PyList, PyTuple};
use taipan_tail::cpython as core;
use taipan_tail::policy::{Options, Verdict};

/// The instruction set of the running interpreter.
#[pyclass(frozen, module = "taipan_tail._native")]
pub struct Tables(core::Tables);

#[pymethods]
impl Tables {
    /// `instructions` lists name, number and cache size of each.
    #[new]
    fn new(minor: u8, instructions: Vec<(String, u32, u32)>) -> PyResult<Tables> {
        let list = instructions.iter().map(|(name, number, caches)| (name.as_str(), *number, *caches));
        core::Tables::new(minor, list).map(Tables).map_err(PyValueError::new_err)
    }

    /// What the rewriter takes an instruction's stack effect to be; None if it does not know it.
    #[pyo3(signature = (opcode, arg, *, jump))]
    fn stack_effect(&self, opcode: u8, arg: u32, jump: bool) -> Option<i64> {
        let effect = self.0.op(opcode)?.effect(arg, self.0.minor, jump)?;
        Some(i64::from(effect.pushes) - i64::from(effect.pops))
    }
}

fn strings(code: &Bound<'_, PyAny>, attribute: &str) -> PyResult<Vec<String>> {
    code.getattr(attribute)?.extract()
}

fn number(code: &Bound<'_, PyAny>, attribute: &str) -> PyResult<u32> {
    code.getattr(attribute)?.extract()
}

fn bytes(code: &Bound<'_, PyAny>, attribute: &str) -> PyResult<Vec<u8>> {
    Ok(code.getattr(attribute)?.cast_into::<PyBytes>()?.as_bytes().to_vec())
}

fn constant(value: &Bound<'_, PyAny>) -> core::Constant {
    if value.is_none() {
        return core::Constant::None;
    }
    match value.cast::<PyTuple>() {
        Ok(tuple) if !tuple.is_empty() => match tuple.extract::<Vec<String>>() {
            Ok(names) => core::Constant::Names(names),
            Err(_) => core::Constant::Other,
        },
        _ => core::Constant::Other,
    }
}

fn read(code: &Bound<'_, PyAny>) -> PyResult<core::CodeObject> {
    let consts = code.getattr("co_consts")?.cast_into::<PyTuple>()?;
    Ok(core::CodeObject {
        name: code.getattr("co_name")?.extract()?,
        code: bytes(code, "co_code")?,
        linetable: bytes(code, "co_linetable")?,
        exceptiontable: bytes(code, "co_exceptiontable")?,
        firstlineno: number(code, "co_firstlineno")?,
        flags: number(code, "co_flags")?,
        stacksize: number(code, "co_stacksize")?,
        argcount: number(code, "co_argcount")?,
        posonlyargcount: number(code, "co_posonlyargcount")?,
        kwonlyargcount: number(code, "co_kwonlyargcount")?,
        varnames: strings(code, "co_varnames")?,
        cellvars: strings(code, "co_cellvars")?,
        freevars: strings(code, "co_freevars")?,
        names: strings(code, "co_names")?,
        consts: consts.iter().map(|c| constant(&c)).collect(),
    })
}

fn guard(name: &str) -> PyResult<core::Guard> {
    match name {
        "const" => Ok(core::Guard::Const),
        "hidden" => Ok(core::Guard::Hidden),
        "weak" => Ok(core::Guard::Weak),
        _ => Err(PyValueError::new_err("no such guard")),
    }
}

fn new_const(c: core::NewConst) -> (&'static str, u32) {
    use core::NewConst::*;
    match c {
        None => ("none", 0),
        Target(t) => ("target", t),
        Weak(t) => ("weak", t),
        Type => ("type", 0),
        MethodType => ("method", 0),
        Defaults => ("defaults", 0),
        Default(i) => ("default", i),
        Maker(t) => ("maker", t),
    }
}

fn report<'py>(py: Python<'py>, r: &core::Report) -> PyResult<Bound<'py, PyDict>> {
    let d = PyDict::new(py);
    let known = |n: i32| (n >= 0).then_some(n);
    d.set_item("line", known(r.location.line))?;
    d.set_item("end_line", known(r.location.end_line))?;
    d.set_item("col", known(r.location.col))?;
    d.set_item("end_col", known(r.location.end_col))?;
    d.set_item("callee", r.callee.text())?;
    d.set_item("own", r.own)?;
    d.set_item("tail", r.verdict.is_tail())?;
    d.set_item("rewritten", r.rewritten)?;
    let (id, text) = match (&r.verdict, r.why) {
        (Verdict::Not(reason), _) => (Some(reason.id()), Some(reason.text())),
        (_, Some(why)) => (Some("unfit"), Some(why.text())),
        _ => (None, None),
    };
    d.set_item("reason_id", id)?;
    d.set_item("reason", text)?;
    Ok(d)
}

/// Analyses `code` and rewrites the tail calls of `targets` (guard, names). Gives the reports and,
/// if anything was rewritten, a dict of new parts. RuntimeError tells why the code was refused.
#[pyfunction]
#[pyo3(signature = (tables, code, *, returning, targets, allow_try, unbind_all, defaults, constant_defaults))]
#[allow(clippy::too_many_arguments)]
pub fn rewrite<'py>(
    py: Python<'py>,
    tables: &Tables,
    code: &Bound<'py, PyAny>,
    returning: bool,
    targets: Vec<(String, Vec<String>)>,
    allow_try: bool,
    unbind_all: bool,
    defaults: u32,
    constant_defaults: bool,
) -> PyResult<(Bound<'py, PyList>, Option<Bound<'py, PyDict>>)> {
    let object = read(code)?;
    let targets = targets
        .into_iter()
        .map(|(g, names)| Ok(core::Target { guard: guard(&g)?, names }))
        .collect::<PyResult<Vec<_>>>()?;
    let request = core::Request {
        mode: if returning { core::Mode::Return } else { core::Mode::Loop },
        targets,
        options: Options { allow_try },
        unbind_all,
        defaults,
        constant_defaults,
    };
    let outcome =
        core::rewrite(&tables.0, &object, &request).map_err(|r| PyRuntimeError::new_err(r.to_string()))?;
    let reports = PyList::empty(py);
    for r in &outcome.reports {
        reports.append(report(py, r)?)?;
    }
    let Some(new) = outcome.code else { return Ok((reports, None)) };
    let parts = PyDict::new(py);
    parts.set_item("co_code", PyBytes::new(py, &new.code))?;
    parts.set_item("co_linetable", PyBytes::new(py, &new.linetable))?;
    parts.set_item("co_exceptiontable", PyBytes::new(py, &new.exceptiontable))?;
    parts.set_item("co_stacksize", new.stacksize)?;
    parts.set_item("consts", new.consts.iter().map(|c| new_const(*c)).collect::<Vec<_>>())?;
    parts.set_item("names", PyTuple::new(py, &new.names)?)?;
    parts.set_item("hidden", new.hidden)?;
    Ok((reports, Some(parts)))
}
