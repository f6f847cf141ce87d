//! Filling containers, and making objects of what a pickle tells.

use super::*;

impl Reader<'_> {
    pub(super) fn append_all(&mut self, l: &Value, items: Vec<Value>, single: bool) -> Result<()> {
        let ts = self.ts;
        if let Some(l) = l.exact::<List>() {
            l.items.write(|v| v.extend(items));
            return Ok(());
        }
        if !single && let Some(extend) = protocol::getattr_opt(ts, l, &Str::intern(ts, "extend"))? {
            protocol::call1(ts, &extend, &list(ts, items))?;
            return Ok(());
        }
        let append = protocol::getattr_name(ts, l, "append")?;
        for v in &items {
            protocol::call1(ts, &append, v)?;
        }
        Ok(())
    }
    pub(super) fn set_all(&mut self, d: &Value, items: &[Value]) -> Result<()> {
        let ts = self.ts;
        for kv in items.chunks_exact(2) {
            match d.exact::<Dict>() {
                Some(d) => d.set(ts, &kv[0], kv[1].clone())?,
                None => protocol::setitem(ts, d, &kv[0], &kv[1])?,
            }
        }
        Ok(())
    }
    pub(super) fn extension(&mut self, code: i64) -> Result<()> {
        let ts = self.ts;
        let n = int_value(ts, code);
        let cache = known(ts, &state(ts).extension_cache)?;
        if let Some(v) = protocol::getitem_opt(ts, &cache, &n)? {
            self.push(v);
            return Ok(());
        }
        if code <= 0 {
            return Err(unpickling_error(ts, "EXT specifies code <= 0"));
        }
        let registry = known(ts, &state(ts).inverted_registry)?;
        let Some(pair) = protocol::getitem_opt(ts, &registry, &n)? else {
            return Err(ts.value_error(format!("unregistered extension code {code}")));
        };
        let Some([module, name]) = pair.downcast::<Tuple>().map(|t| t.items()) else {
            return Err(ts.value_error(format!("_inverted_registry[{code}] isn't a 2-tuple of strings")));
        };
        let v = self.find(module, name)?;
        protocol::setitem(ts, &cache, &n, &v)?;
        self.push(v);
        Ok(())
    }
    pub(super) fn instantiate(&self, class: &Value, args: Vec<Value>) -> Result {
        let ts = self.ts;
        if args.is_empty() && class.as_type().is_some() && !protocol::hasattr(ts, class, &Str::intern(ts, "__getinitargs__"))? {
            return protocol::call_method(ts, class, "__new__", std::slice::from_ref(class));
        }
        protocol::call(ts, class, &args)
    }
    pub(super) fn new_object(&mut self, with_keywords: bool) -> Result<()> {
        let ts = self.ts;
        let kwargs = if with_keywords { Some(self.pop()?) } else { None };
        let args = self.pop()?;
        let cls = self.pop()?;
        let what = if with_keywords { "NEWOBJ_EX" } else { "NEWOBJ" };
        let Some(ty) = cls.as_type() else {
            return Err(unpickling_error(ts, &format!("{what} class argument must be a type, not {}", cls.class(ts).qualified_name(ts))));
        };
        let Some(t) = args.downcast::<Tuple>() else {
            return Err(unpickling_error(ts, &format!("{what} args argument must be a tuple, not {}", args.type_name(ts))));
        };
        let (mut names, mut values) = (vec![], vec![]);
        if let Some(k) = &kwargs {
            let Some(d) = k.downcast::<Dict>() else {
                return Err(unpickling_error(ts, &format!("{what} kwargs argument must be a dict, not {}", k.type_name(ts))));
            };
            (names, values) = d.items(ts).into_iter().unzip();
        }
        let Some(new) = ty.slots().new else {
            return Err(unpickling_error(ts, &format!("{what} class argument '{}' doesn't have __new__", ty.name())));
        };
        let v = new(ts, &cls, Args::with_keywords(t.items(), &names, &values))?;
        self.push(v);
        Ok(())
    }
    pub(super) fn build(&mut self) -> Result<()> {
        let ts = self.ts;
        let mut s = self.pop()?;
        let inst = self.top()?.clone();
        if let Some(f) = protocol::getattr_opt(ts, &inst, &ts.names().__setstate__)? {
            protocol::call1(ts, &f, &s)?;
            return Ok(());
        }
        let mut slots = None;
        if let Some([a, b]) = s.exact::<Tuple>().map(|t| t.items()) {
            let (a, b) = (a.clone(), b.clone());
            (s, slots) = (a, Some(b));
        }
        if !s.is_none() {
            let Some(d) = s.downcast::<Dict>() else { return Err(unpickling_error(ts, "state is not a dictionary")) };
            let direct = object::has_instance_dict(&inst);
            let mut target = None;
            for (k, v) in d.items(ts) {
                if direct && let Some(name) = k.exact::<Str>() {
                    let name = match name.is_interned() {
                        true => name.to_ref(),
                        false => match name.as_str() {
                            Some(t) => Str::intern(ts, t),
                            None => name.to_ref(),
                        },
                    };
                    object::set_own_attribute(ts, &inst, &name, Some(&v));
                    continue;
                }
                if target.is_none() {
                    target = Some(protocol::getattr_name(ts, &inst, "__dict__")?);
                }
                if let Some(t) = &target {
                    protocol::setitem(ts, t, &k, &v)?;
                }
            }
        }
        if let Some(slots) = slots.filter(|s| !s.is_none()) {
            let Some(d) = slots.downcast::<Dict>() else { return Err(unpickling_error(ts, "slot state is not a dictionary")) };
            for (k, v) in d.items(ts) {
                let name = protocol::check_attr_name(ts, &k)?;
                protocol::setattr(ts, &inst, &name, &v)?;
            }
        }
        Ok(())
    }
}
