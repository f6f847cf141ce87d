//! What rewritten code calls at run time: binding of arguments, values for trampolines, and the
//! exchange of a function's code.

use pyo3::exceptions::PyRuntimeError;
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyList, PyString, PyTuple};

/// Called like its function, gives the values of all its parameters as a tuple.
///
/// It holds the function weakly: it is a constant of the function's own code.
#[pyclass(frozen, module = "taipan_tail._native")]
pub struct Binder {
    function: Py<PyAny>,
    names: Vec<Py<PyString>>,
    argcount: usize,
    posonly: usize,
    varargs: bool,
    varkeywords: bool,
}

#[pymethods]
impl Binder {
    /// `function` is a weak reference; `names` are the parameters without `*args` and `**kwargs`.
    #[new]
    fn new(
        function: Py<PyAny>,
        names: Vec<Py<PyString>>,
        argcount: usize,
        posonly: usize,
        varargs: bool,
        varkeywords: bool,
    ) -> Binder {
        Binder { function, argcount: argcount.min(names.len()), names, posonly, varargs, varkeywords }
    }

    /// Errors about unpacked arguments name what is called: that is the function.
    #[getter]
    fn __qualname__<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        self.function.bind(py).call0()?.getattr("__qualname__")
    }
    #[getter]
    fn __module__<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        self.function.bind(py).call0()?.getattr("__module__")
    }

    #[pyo3(signature = (*args, **kwargs))]
    fn __call__<'py>(
        &self,
        py: Python<'py>,
        args: &Bound<'py, PyTuple>,
        kwargs: Option<&Bound<'py, PyDict>>,
    ) -> PyResult<Bound<'py, PyTuple>> {
        let function = self.function.bind(py).call0()?;
        match self.bind(py, &function, args, kwargs)? {
            Some(values) => Ok(values),
            None => {
                // The arguments do not fit: the function itself says so best.
                function.call(args, kwargs)?;
                Err(PyRuntimeError::new_err("the function changed while it was being called"))
            }
        }
    }
}

impl Binder {
    fn bind<'py>(
        &self,
        py: Python<'py>,
        function: &Bound<'py, PyAny>,
        args: &Bound<'py, PyTuple>,
        kwargs: Option<&Bound<'py, PyDict>>,
    ) -> PyResult<Option<Bound<'py, PyTuple>>> {
        let named = self.names.len();
        let mut values: Vec<Option<Bound<'py, PyAny>>> = vec![None; named];
        for (value, arg) in values.iter_mut().zip(args.iter()).take(self.argcount) {
            *value = Some(arg);
        }
        if args.len() > self.argcount && !self.varargs {
            return Ok(None);
        }
        let extra = self.varkeywords.then(|| PyDict::new(py));
        for (key, value) in kwargs.into_iter().flatten() {
            let mut place = None;
            for (i, name) in self.names.iter().enumerate().skip(self.posonly) {
                if key.is(name) || key.eq(name)? {
                    place = Some(i);
                    break;
                }
            }
            match (place, &extra) {
                (Some(i), _) if values[i].is_some() => return Ok(None),
                (Some(i), _) => values[i] = Some(value),
                (None, Some(extra)) => extra.set_item(key, value)?,
                (None, None) => return Ok(None),
            }
        }
        if values[..self.argcount].iter().any(Option::is_none) {
            let defaults = function.getattr("__defaults__")?;
            let defaults = defaults.cast::<PyTuple>().ok();
            let count = defaults.map_or(0, |d| d.len());
            for (i, value) in values[..self.argcount].iter_mut().enumerate().filter(|(_, v)| v.is_none()) {
                match (defaults, (i + count).checked_sub(self.argcount)) {
                    (Some(d), Some(at)) => *value = Some(d.get_item(at)?),
                    _ => return Ok(None),
                }
            }
        }
        if values[self.argcount..].iter().any(Option::is_none) {
            let defaults = function.getattr("__kwdefaults__")?;
            let Ok(defaults) = defaults.cast::<PyDict>() else { return Ok(None) };
            for (i, value) in values.iter_mut().enumerate().skip(self.argcount).filter(|(_, v)| v.is_none()) {
                match defaults.get_item(self.names[i].bind(py))? {
                    Some(default) => *value = Some(default),
                    None => return Ok(None),
                }
            }
        }
        let mut all: Vec<Bound<'py, PyAny>> = values.into_iter().flatten().collect();
        if self.varargs {
            all.push(args.get_slice(self.argcount, args.len()).into_any());
        }
        if let Some(extra) = extra {
            all.push(extra.into_any());
        }
        Ok(Some(PyTuple::new(py, all)?))
    }
}

/// A tail call that a trampoline is to make. Programs never see one.
#[pyclass(frozen, module = "taipan_tail._native")]
pub struct TailCall {
    #[pyo3(get)]
    target: usize,
    #[pyo3(get)]
    args: Py<PyTuple>,
    kwargs: Option<Py<PyDict>>,
}

#[pymethods]
impl TailCall {
    /// Makes the call to that of `bodies` which is meant.
    fn run<'py>(&self, py: Python<'py>, bodies: &Bound<'py, PyList>) -> PyResult<Bound<'py, PyAny>> {
        let body = bodies.get_item(self.target)?;
        body.call(self.args.bind(py), self.kwargs.as_ref().map(|k| k.bind(py)))
    }
}

/// Called with the arguments of a tail call, gives its [`TailCall`].
#[pyclass(frozen, module = "taipan_tail._native")]
pub struct Maker {
    target: usize,
    #[pyo3(get, name = "__qualname__")]
    qualname: Py<PyAny>,
    #[pyo3(get, name = "__module__")]
    module: Py<PyAny>,
}

#[pymethods]
impl Maker {
    #[new]
    fn new(target: usize, qualname: Py<PyAny>, module: Py<PyAny>) -> Maker {
        Maker { target, qualname, module }
    }
    #[pyo3(signature = (*args, **kwargs))]
    fn __call__(&self, args: Py<PyTuple>, kwargs: Option<Py<PyDict>>) -> TailCall {
        TailCall { target: self.target, args, kwargs }
    }
}

unsafe extern "C" {
    // Not in the stable ABI, but the same in every version that is supported.
    fn PyFunction_SetClosure(function: *mut pyo3::ffi::PyObject, closure: *mut pyo3::ffi::PyObject) -> std::ffi::c_int;
}

/// Gives `function` the code `code` and, unless it is None, the closure `closure`. The code may have
/// free variables that the old one lacked, as long as they come last.
#[pyfunction]
pub fn install(function: &Bound<'_, PyAny>, code: &Bound<'_, PyAny>, closure: Option<&Bound<'_, PyTuple>>) -> PyResult<()> {
    let py = function.py();
    let types = py.import("types")?;
    if !function.get_type().is(&types.getattr("FunctionType")?) {
        return Err(pyo3::exceptions::PyTypeError::new_err("a Python function is needed"));
    }
    let Some(closure) = closure else { return function.setattr("__code__", code) };
    let cell = types.getattr("CellType")?;
    let free: usize = code.getattr("co_freevars")?.len()?;
    let old: usize = function.getattr("__code__")?.getattr("co_freevars")?.len()?;
    if closure.len() != free || free < old || !closure.iter().all(|c| c.get_type().is(&cell)) {
        return Err(pyo3::exceptions::PyValueError::new_err("the closure does not fit the code"));
    }
    // SAFETY: `function` is a Python function and `closure` a tuple of cells, both checked above;
    // the old code finds at least as many cells as it copies.
    let status = unsafe { PyFunction_SetClosure(function.as_ptr(), closure.as_ptr()) };
    if status < 0 {
        return Err(PyErr::fetch(py));
    }
    function.setattr("__code__", code)
}
