//! What rewritten code calls at run time: binding of arguments, values for trampolines, and the
//! exchange of a function's code.

use pyo3::exceptions::PyRuntimeError;
use pyo3::prelude::*;
use pyo3::sync::PyOnceLock;
use pyo3::types::{PyDict, PyList, PyString, PyTuple, PyType};

/// The parameters of a function. Called with the function, or a method of it, gives a [`Binder`].
#[pyclass(frozen, module = "taipan_tail._native")]
pub struct Parameters {
    names: Vec<Py<PyString>>,
    argcount: usize,
    posonly: usize,
    varargs: bool,
    varkeywords: bool,
}

static METHOD: PyOnceLock<Py<PyType>> = PyOnceLock::new();

#[pymethods]
impl Parameters {
    /// `names` are the parameters without `*args` and `**kwargs`.
    #[new]
    fn new(names: Vec<Py<PyString>>, argcount: usize, posonly: usize, varargs: bool, varkeywords: bool) -> Parameters {
        Parameters { argcount: argcount.min(names.len()), names, posonly, varargs, varkeywords }
    }

    fn __reduce__<'py>(slf: &Bound<'py, Self>) -> PyResult<(Bound<'py, PyType>, Bound<'py, PyAny>)> {
        let (py, p) = (slf.py(), slf.get());
        let names = PyTuple::new(py, p.names.iter().map(|n| n.bind(py)))?;
        let args = (names, p.argcount, p.posonly, p.varargs, p.varkeywords).into_pyobject(py)?;
        Ok((slf.get_type(), args.into_any()))
    }

    fn __call__(slf: Py<Self>, callee: Bound<'_, PyAny>) -> PyResult<Binder> {
        let method = METHOD.import(callee.py(), "types", "MethodType")?;
        if callee.get_type().is(method) {
            let (function, first) = (callee.getattr("__func__")?, callee.getattr("__self__")?);
            Ok(Binder { parameters: slf, function: function.unbind(), first: Some(first.unbind()) })
        } else {
            Ok(Binder { parameters: slf, function: callee.unbind(), first: None })
        }
    }
}

/// Called like its function, gives the values of all its parameters as a tuple.
#[pyclass(frozen, module = "taipan_tail._native")]
pub struct Binder {
    parameters: Py<Parameters>,
    function: Py<PyAny>,
    first: Option<Py<PyAny>>,
}

#[pymethods]
impl Binder {
    /// Errors about unpacked arguments name what is called: that is the function.
    #[getter]
    fn __qualname__<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        self.function.bind(py).getattr("__qualname__")
    }
    #[getter]
    fn __module__<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        self.function.bind(py).getattr("__module__")
    }

    #[pyo3(signature = (*args, **kwargs))]
    fn __call__<'py>(
        &self,
        py: Python<'py>,
        args: Bound<'py, PyTuple>,
        kwargs: Option<&Bound<'py, PyDict>>,
    ) -> PyResult<Bound<'py, PyTuple>> {
        let args = match &self.first {
            None => args,
            Some(first) => PyTuple::new(py, std::iter::once(first.bind(py).clone()).chain(args.iter()).collect::<Vec<_>>())?,
        };
        let function = self.function.bind(py);
        match self.parameters.get().bind(py, function, &args, kwargs)? {
            Some(values) => Ok(values),
            None => {
                // The arguments do not fit: the function itself says so best.
                function.call(args, kwargs)?;
                Err(PyRuntimeError::new_err("the function changed while it was being called"))
            }
        }
    }
}

impl Parameters {
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
    fn __reduce__<'py>(slf: &Bound<'py, Self>) -> PyResult<(Bound<'py, PyAny>, Bound<'py, PyAny>)> {
        let (py, m) = (slf.py(), slf.get());
        let args = (m.target, m.qualname.bind(py), m.module.bind(py)).into_pyobject(py)?;
        Ok((py.import("taipan_tail._native")?.getattr("maker")?, args.into_any()))
    }
    #[pyo3(signature = (*args, **kwargs))]
    fn __call__(&self, args: Py<PyTuple>, kwargs: Option<Py<PyDict>>) -> TailCall {
        TailCall { target: self.target, args, kwargs }
    }
}

/// A [`Maker`] for function number `target`, under the function's names: they hide the class's own.
#[pyfunction]
pub fn maker(target: usize, qualname: Py<PyAny>, module: Py<PyAny>) -> Maker {
    Maker { target, qualname, module }
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
