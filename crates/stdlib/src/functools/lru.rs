//! The cache behind `lru_cache` and `cache`: a dictionary from keys to places in a table, whose entries are
//! linked in the order of their last use.

use std::cell::Cell;
use taipan_macros::class;
use taipan_objects::dict::Dict;
use taipan_objects::heap::{self, GilCell, Payload, Ref};
use taipan_objects::int;
use taipan_objects::method::Method;
use taipan_objects::native::*;
use taipan_objects::object::Object;
use taipan_objects::str::Str;
use taipan_objects::tuple::Tuple;
use taipan_objects::typeobject::Type;
use taipan_objects::{Result, ThreadState, Value, payload, protocol};

/// One remembered call. Entry 0 closes the ring: behind it comes the oldest one.
struct Entry {
    key: Value,
    hash: i64,
    result: Value,
    newer: usize,
    older: usize,
}

pub struct LruCache {
    function: Value,
    info: Value,
    /// Stands between positional and keyword arguments in keys.
    mark: Value,
    typed: bool,
    /// None: without bound.
    maxsize: Option<usize>,
    cache: Ref<Dict>,
    ring: GilCell<Vec<Entry>>,
    hits: Cell<i64>,
    misses: Cell<i64>,
}
payload!(LruCache, container, traverse = |s, visit| {
    visit(&s.function);
    visit(&s.info);
    visit(&s.mark);
    visit(s.cache.as_value());
    s.ring.read(|all| for e in all {
        visit(&e.key);
        visit(&e.result);
    })
}, clear = |s| s.forget());

fn none_entry() -> Entry {
    Entry { key: Value::none(), hash: 0, result: Value::none(), newer: 0, older: 0 }
}

fn unlink(ring: &mut [Entry], i: usize) {
    let (newer, older) = (ring[i].newer, ring[i].older);
    ring[older].newer = newer;
    ring[newer].older = older;
}

/// Makes entry `i` the newest.
fn link(ring: &mut [Entry], i: usize) {
    let last = ring[0].older;
    ring[last].newer = i;
    ring[i].older = last;
    ring[i].newer = 0;
    ring[0].older = i;
}

impl LruCache {
    fn forget(&self) {
        let old = self.ring.replace(vec![none_entry()]);
        self.cache.clear_all();
        drop(old);
    }
    fn key(&self, ts: &ThreadState, args: Args<'_>) -> Value {
        if !self.typed && args.kw_names.is_empty() {
            if let [only] = args.positional
                && (only.as_str_exact().is_some() || int::is_exact(only))
            {
                return only.clone();
            }
            return Tuple::from_slice(ts, args.positional).into_value();
        }
        let mut parts = args.positional.to_vec();
        if args.has_keywords() {
            parts.push(self.mark.clone());
            for (k, v) in args.keywords() {
                parts.push(k.clone());
                parts.push(v.clone());
            }
        }
        if self.typed {
            parts.extend(args.positional.iter().chain(args.kw_values).map(|v| v.class_ref(ts).into_value()));
        }
        Tuple::new(ts, parts).into_value()
    }
    #[inline]
    fn miss(&self) {
        self.misses.set(self.misses.get() + 1)
    }
    #[inline]
    fn hit(&self) {
        self.hits.set(self.hits.get() + 1)
    }
    fn call_unbounded(&self, ts: &ThreadState, args: Args<'_>) -> Result {
        let key = self.key(ts, args);
        let hash = protocol::hash(ts, &key)?;
        if let Some(v) = self.cache.get_hashed(ts, &key, hash)? {
            self.hit();
            return Ok(v);
        }
        self.miss();
        let r = protocol::call_args(ts, &self.function, args)?;
        self.cache.set_hashed(ts, &key, hash, r.clone())?;
        Ok(r)
    }
    fn call_bounded(&self, ts: &ThreadState, args: Args<'_>, maxsize: usize) -> Result {
        let key = self.key(ts, args);
        let hash = protocol::hash(ts, &key)?;
        if let Some(i) = self.cache.get_hashed(ts, &key, hash)?.and_then(|v| v.as_small_int()) {
            let found = self.ring.write(|ring| {
                let i = i as usize;
                let r = ring.get(i)?.result.clone();
                if ring[0].older != i {
                    unlink(ring, i);
                    link(ring, i);
                }
                Some(r)
            });
            if let Some(r) = found {
                self.hit();
                return Ok(r);
            }
        }
        self.miss();
        let r = protocol::call_args(ts, &self.function, args)?;
        if self.cache.get_hashed(ts, &key, hash)?.is_some() {
            // The call itself has remembered this key.
            return Ok(r);
        }
        if self.cache.len() < maxsize {
            let i = self.ring.write(|ring| {
                ring.push(Entry { key: key.clone(), hash, result: r.clone(), newer: 0, older: 0 });
                ring.len() - 1
            });
            let set = self.cache.set_hashed(ts, &key, hash, int::from_usize(ts, i));
            if set.is_ok() {
                self.ring.write(|ring| if i < ring.len() { link(ring, i) });
            }
            return set.map(|()| r);
        }
        // Full: the oldest entry gives its place.
        let (i, old_key, old_hash) = self.ring.read(|ring| {
            let i = ring[0].newer;
            (i, ring[i].key.clone(), ring[i].hash)
        });
        if i == 0 {
            return Ok(r);
        }
        self.ring.write(|ring| unlink(ring, i));
        match self.cache.remove_hashed(ts, &old_key, old_hash) {
            Ok(Some(_)) => {}
            // Somebody else has removed it meanwhile.
            Ok(None) => return Ok(r),
            Err(e) => {
                self.ring.write(|ring| if i < ring.len() { link(ring, i) });
                return Err(e);
            }
        }
        let old = self.ring.write(|ring| {
            let e = ring.get_mut(i)?;
            e.hash = hash;
            Some((std::mem::replace(&mut e.key, key.clone()), std::mem::replace(&mut e.result, r.clone())))
        });
        if old.is_none() {
            // Cleared meanwhile.
            return Ok(r);
        }
        let set = self.cache.set_hashed(ts, &key, hash, int::from_usize(ts, i));
        if set.is_ok() {
            self.ring.write(|ring| if i < ring.len() { link(ring, i) });
        }
        drop(old);
        set.map(|()| r)
    }
}

/// A callable that remembers the results of calls of a function.
///
/// maxsize bounds how many (None: no bound, 0: none); typed keeps arguments of
/// different types apart; cache_info_type makes the result of cache_info().
#[class(name = "_lru_cache_wrapper", module = "functools", dict, weakref)]
impl LruCache {
    #[new("(user_function, maxsize, typed, cache_info_type)", no_signature)]
    fn new(cls: &Type, ts: &ThreadState, user_function: Value, maxsize: &Value, typed: bool, cache_info_type: Value) -> Result<Ref<LruCache>> {
        if !protocol::is_callable(ts, &user_function) {
            return Err(ts.type_error("the first argument must be callable"));
        }
        let maxsize = if maxsize.is_none() {
            None
        } else if protocol::has_index(ts, maxsize) {
            Some(protocol::as_isize(ts, maxsize)?.max(0) as usize)
        } else {
            return Err(ts.type_error("maxsize should be integer or None"));
        };
        let mark = protocol::call0(ts, Object::class(ts).as_value())?;
        let cache = LruCache {
            function: user_function,
            info: cache_info_type,
            mark,
            typed,
            maxsize,
            cache: Dict::new(ts),
            ring: GilCell::new(vec![none_entry()]),
            hits: Cell::new(0),
            misses: Cell::new(0),
        };
        Ok(heap::new_with_type(ts, cls, cache))
    }
    #[slot(call)]
    fn call(&self, ts: &ThreadState, args: Args<'_>) -> Result {
        match self.maxsize {
            None => self.call_unbounded(ts, args),
            Some(0) => {
                self.miss();
                protocol::call_args(ts, &self.function, args)
            }
            Some(n) => self.call_bounded(ts, args, n),
        }
    }
    #[slot(descr_get)]
    fn descr_get(ts: &ThreadState, slf: &Value, instance: Option<&Value>, _owner: Option<&Value>) -> Result {
        match instance {
            Some(obj) if !obj.is_none() => Ok(Method::new(ts, slf.clone(), obj.clone()).into_value()),
            _ => Ok(slf.clone()),
        }
    }
    /// Hits, misses, bound and size.
    #[method("cache_info($self, /)")]
    fn cache_info(&self, ts: &ThreadState) -> Result {
        let maxsize = self.maxsize.map_or_else(Value::none, |n| int::from_usize(ts, n));
        let args = [int::from_i64(ts, self.hits.get()), int::from_i64(ts, self.misses.get()), maxsize, int::from_usize(ts, self.cache.len())];
        protocol::call(ts, &self.info, &args)
    }
    /// Forgets all calls.
    #[method("cache_clear($self, /)")]
    fn cache_clear(&self) {
        self.forget();
        self.hits.set(0);
        self.misses.set(0);
    }
    /// What pickles this object: its name.
    #[method("__reduce__($self, /)")]
    fn reduce(slf: &Value, ts: &ThreadState) -> Result {
        protocol::getattr(ts, slf, &Str::intern(ts, "__qualname__"))
    }
    /// Itself.
    #[method("__copy__($self, /)", no_signature)]
    fn copy(slf: &Value) -> Value {
        slf.clone()
    }
    /// Itself.
    #[method("__deepcopy__($self, memo, /)", no_signature)]
    fn deepcopy(slf: &Value, _memo: &Value) -> Value {
        slf.clone()
    }
}
