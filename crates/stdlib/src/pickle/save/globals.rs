//! What is saved by name or by its reduction: classes, functions, and the objects that tell how they are made.

use super::*;

impl Writer<'_> {
    pub(super) fn type_object(&mut self, o: &Value) -> Result<()> {
        let ts = self.ts;
        for v in [Value::none(), Value::not_implemented(), Value::ellipsis()] {
            if o.is(v.class_ref(ts).as_value()) {
                return self.reduced(&[Type::class(ts).into_value(), tuple(ts, vec![v])], Some(o));
            }
        }
        self.global(o, None)
    }

    /// Are the object's class and attributes all that there is to it? So that what `object.__reduce_ex__` would
    /// tell can be written at once.
    pub(super) fn is_plain(&mut self, class: &Type, o: &Value) -> bool {
        let ts = self.ts;
        if self.proto < 2 || !class.is_heap_type() || class.layout().size != 0 || class.layout().variable {
            return false;
        }
        let n = ts.names();
        if let Some(d) = taipan_objects::object::has_instance_dict(o).then(|| taipan_objects::object::made_dict(o)).flatten() {
            let own = d.exact::<Dict>().is_some_and(|d| d.contains_str(&n.__reduce_ex__) || d.contains_str(&n.__getstate__));
            if own {
                return false;
            }
        }
        let version = class.version(ts);
        if version != 0 && version == self.plain {
            return true;
        }
        if version != 0 && version == self.reduced {
            return false;
        }
        let object = taipan_objects::typeobject::builtin(ts, taipan_objects::ids::OBJECT);
        let inherited = |name: &Ref<Str>| match (class.lookup(ts, name), object.lookup(ts, name)) {
            (Some(a), Some(b)) => a.is(&b),
            (a, b) => a.is_none() && b.is_none(),
        };
        let names = [&n.__reduce_ex__, &n.__reduce__, &n.__getstate__, &n.__getnewargs__, &n.__getnewargs_ex__, &n.__class__, &n.__getattribute__];
        let plain = names.into_iter().all(inherited) && class.lookup(ts, &Str::intern(ts, "__getattr__")).is_none();
        if plain {
            self.plain = version;
        } else {
            self.reduced = version;
        }
        plain
    }
    pub(super) fn plain_object(&mut self, o: &Value, class: &Ref<Type>) -> Result<()> {
        let ts = self.ts;
        let state = taipan_objects::object::reduce::default_getstate(ts, o, true)?;
        self.part(class.as_value(), |ts| format!("when serializing {} class", name_of(ts, o)))?;
        self.put(&[EMPTY_TUPLE, NEWOBJ]);
        match self.number(o) {
            Some(n) => {
                self.op(POP);
                self.get(n);
            }
            None => self.memoize(o),
        }
        if !state.is_none() {
            self.part(&state, |ts| format!("when serializing {} state", name_of(ts, o)))?;
            self.op(BUILD);
        }
        Ok(())
    }

    /// The module that has the object under the name.
    pub(super) fn module_of(&self, o: &Value, name: &Value) -> Result {
        let ts = self.ts;
        if let Some(n) = name.exact::<Str>()
            && !n.bytes().contains(&b'.')
            && let Some(m) = protocol::getattr_opt(ts, o, &ts.names().__module__)?
            && m.exact::<Str>().is_some()
            && let Some(modules) = ts.interp().modules.get()
            && let Some(modules) = modules.downcast::<Dict>()
            && let Some(module) = modules.get(ts, &m)?
            && let Some(found) = protocol::getattr_opt(ts, &module, &n.to_ref())?
            && found.is(o)
        {
            return Ok(m);
        }
        let pickle = taipan_objects::module::import(ts, "pickle")?;
        protocol::call_method(ts, &pickle, "whichmodule", &[o.clone(), name.clone()])
    }

    pub(super) fn global(&mut self, o: &Value, name: Option<&Value>) -> Result<()> {
        let ts = self.ts;
        let name = match name {
            Some(n) => n.clone(),
            None => match protocol::getattr_opt(ts, o, &ts.names().__qualname__)? {
                Some(n) => n,
                None => protocol::getattr_name(ts, o, "__name__")?,
            },
        };
        let module = self.module_of(o, &name)?;
        let (Some(m), Some(n)) = (module.downcast::<Str>(), name.downcast::<Str>()) else {
            return Err(pickling_error(ts, &format!("Can't pickle {}: no name", protocol::repr_lossy(ts, o)?)));
        };
        if self.proto >= 2 {
            let registry = known(ts, &state(ts).extension_registry)?;
            let code = match registry.downcast::<Dict>() {
                Some(d) if !d.is_empty() => d.get(ts, &tuple(ts, vec![module.clone(), name.clone()]))?,
                _ => None,
            };
            if let Some(code) = code {
                let code = index_i64(ts, &code)?;
                match code {
                    1..=0xff => self.put(&[EXT1, code as u8]),
                    1..=0xffff => {
                        self.put(&[EXT2]);
                        self.out.extend_from_slice(&(code as u16).to_le_bytes());
                    }
                    1..=0x7fff_ffff => {
                        self.put(&[EXT4]);
                        self.out.extend_from_slice(&(code as i32).to_le_bytes());
                    }
                    _ => return Err(ts.runtime_error(format!("extension code {code} is out of range"))),
                }
                return Ok(());
            }
        }
        if self.proto >= 4 {
            self.save(&module, false)?;
            self.save(&name, false)?;
            self.op(STACK_GLOBAL);
        } else if n.bytes().contains(&b'.') {
            let text = n.to_string_lossy().into_owned();
            let mut path = text.split('.');
            let first = str_value(ts, path.next().unwrap_or(""));
            let rest: Vec<&str> = path.collect();
            let getter = known(ts, &state(ts).getattr)?;
            for _ in &rest {
                self.save(&getter, false)?;
                if self.proto < 2 {
                    self.op(MARK);
                }
            }
            self.toplevel(&module, &first)?;
            for attribute in rest {
                self.save(&Str::intern(ts, attribute).into_value(), false)?;
                self.op(if self.proto < 2 { TUPLE } else { TUPLE2 });
                self.op(REDUCE);
            }
        } else {
            let _ = m;
            self.toplevel(&module, &name)?;
        }
        self.memoize(o);
        Ok(())
    }
    pub(super) fn toplevel(&mut self, module: &Value, name: &Value) -> Result<()> {
        let ts = self.ts;
        let (mut module, mut name) = (module.clone(), name.clone());
        if self.fix_imports {
            let names = known(ts, &state(ts).name_to_2)?;
            let imports = known(ts, &state(ts).import_to_2)?;
            let key = tuple(ts, vec![module.clone(), name.clone()]);
            if let Some(pair) = protocol::getitem_opt(ts, &names, &key)? {
                if let Some([m, n]) = pair.downcast::<Tuple>().map(|t| t.items()) {
                    (module, name) = (m.clone(), n.clone());
                }
            } else if let Some(m) = protocol::getitem_opt(ts, &imports, &module)? {
                module = m;
            }
        }
        self.put(&[GLOBAL]);
        for (v, what) in [(&module, "module"), (&name, "global")] {
            let Some(s) = v.downcast::<Str>() else { return Err(pickling_error(ts, "names must be strings")) };
            if self.proto < 3 && !s.is_ascii() || s.has_surrogates() {
                let text = protocol::repr_lossy(ts, v)?;
                return Err(pickling_error(ts, &format!("can't pickle {what} identifier {text} using pickle protocol {}", self.proto)));
            }
            self.out.extend_from_slice(s.bytes());
            self.out.push(b'\n');
        }
        Ok(())
    }

    /// What `__reduce__` gave: callable, arguments, state, items.
    pub(super) fn reduced(&mut self, r: &[Value], o: Option<&Value>) -> Result<()> {
        let ts = self.ts;
        let (f, args) = (&r[0], &r[1]);
        let item = |i: usize| r.get(i).filter(|v| !v.is_none());
        if !is_callable(ts, f) {
            return Err(pickling_error(ts, &format!("first item of the tuple returned by __reduce__ must be callable, not {}", name_of(ts, f))));
        }
        let Some(t) = args.downcast::<Tuple>() else {
            return Err(pickling_error(ts, &format!("second item of the tuple returned by __reduce__ must be a tuple, not {}", name_of(ts, args))));
        };
        if let Some(v) = item(3)
            && v.class(ts).slots().iternext.is_none()
        {
            return Err(pickling_error(ts, &format!("fourth item of the tuple returned by __reduce__ must be an iterator, not {}", name_of(ts, v))));
        }
        if let Some(v) = item(4)
            && v.class(ts).slots().iternext.is_none()
        {
            return Err(pickling_error(ts, &format!("fifth item of the tuple returned by __reduce__ must be an iterator, not {}", name_of(ts, v))));
        }
        if let Some(v) = item(5)
            && !is_callable(ts, v)
        {
            return Err(pickling_error(ts, &format!("sixth item of the tuple returned by __reduce__ must be callable, not {}", name_of(ts, v))));
        }
        let mut form = 0;
        // The name tells it, and no class is called like that.
        if self.proto >= 2
            && f.as_type().is_none()
            && let Some(name) = protocol::getattr_opt(ts, f, &ts.names().__name__)?
            && let Some(name) = name.downcast::<Str>()
        {
            form = match name.bytes() {
                b"__newobj__" => 1,
                b"__newobj_ex__" => 2,
                _ => 0,
            };
        }
        let shown = |ts: &ThreadState| o.map_or(String::new(), |o| name_of(ts, o));
        match form {
            1 => {
                let Some(cls) = t.items().first() else {
                    return Err(pickling_error(ts, "__newobj__ expected at least 1 argument, got 0"));
                };
                self.check_class(cls, o, "__newobj__")?;
                self.part(cls, |ts| format!("when serializing {} class", shown(ts)))?;
                let rest = tuple(ts, t.items()[1..].to_vec());
                self.part(&rest, |ts| format!("when serializing {} __new__ arguments", shown(ts)))?;
                self.op(NEWOBJ);
            }
            2 => {
                let [cls, new_args, kwargs] = t.items() else {
                    return Err(pickling_error(ts, &format!("__newobj_ex__ expected 3 arguments, got {}", t.len())));
                };
                self.check_class(cls, o, "__newobj_ex__")?;
                let Some(positional) = new_args.downcast::<Tuple>() else {
                    return Err(pickling_error(ts, &format!("second argument to __newobj_ex__() must be a tuple, not {}", name_of(ts, new_args))));
                };
                let Some(named) = kwargs.downcast::<Dict>() else {
                    return Err(pickling_error(ts, &format!("third argument to __newobj_ex__() must be a dict, not {}", name_of(ts, kwargs))));
                };
                if self.proto >= 4 {
                    self.part(cls, |ts| format!("when serializing {} class", shown(ts)))?;
                    self.part(new_args, |ts| format!("when serializing {} __new__ arguments", shown(ts)))?;
                    self.part(kwargs, |ts| format!("when serializing {} __new__ arguments", shown(ts)))?;
                    self.op(NEWOBJ_EX);
                } else {
                    let mut all = vec![protocol::getattr_name(ts, cls, "__new__")?, cls.clone()];
                    all.extend_from_slice(positional.items());
                    let (names, values): (Vec<Value>, Vec<Value>) = named.items(ts).into_iter().unzip();
                    let partial = known(ts, &state(ts).partial)?;
                    let made = protocol::call_args(ts, &partial, Args::with_keywords(&all, &names, &values))?;
                    self.part(&made, |ts| format!("when serializing {} reconstructor", shown(ts)))?;
                    self.save(&Tuple::empty(ts).into_value(), false)?;
                    self.op(REDUCE);
                }
            }
            _ => {
                self.part(f, |ts| format!("when serializing {} reconstructor", shown(ts)))?;
                self.part(args, |ts| format!("when serializing {} reconstructor arguments", shown(ts)))?;
                self.op(REDUCE);
            }
        }
        if let Some(o) = o {
            // Its arguments may have led back to it.
            match self.number(o) {
                Some(n) => {
                    self.op(POP);
                    self.get(n);
                }
                None => self.memoize(o),
            }
        }
        if let Some(items) = item(3) {
            self.appends(items, o)?;
        }
        if let Some(items) = item(4) {
            self.setitems(items, o)?;
        }
        if let Some(s) = item(2) {
            match (item(5), o) {
                (Some(setter), Some(o)) => {
                    self.part(setter, |ts| format!("when serializing {} state setter", shown(ts)))?;
                    self.save(o, false)?;
                    self.part(s, |ts| format!("when serializing {} state", shown(ts)))?;
                    self.put(&[TUPLE2, REDUCE, POP]);
                }
                _ => {
                    self.part(s, |ts| format!("when serializing {} state", shown(ts)))?;
                    self.op(BUILD);
                }
            }
        }
        Ok(())
    }
    pub(super) fn check_class(&self, cls: &Value, o: Option<&Value>, function: &str) -> Result<()> {
        let ts = self.ts;
        let Some(_) = cls.as_type() else {
            return Err(pickling_error(ts, &format!("first argument to {function}() must be a class, not {}", name_of(ts, cls))));
        };
        if let Some(o) = o {
            let own = protocol::getattr(ts, o, &ts.names().__class__)?;
            if !own.is(cls) {
                let (own, cls) = (protocol::repr_lossy(ts, &own)?, protocol::repr_lossy(ts, cls)?);
                return Err(pickling_error(ts, &format!("first argument to {function}() must be {own}, not {cls}")));
            }
        }
        Ok(())
    }
}
