//! `_zoneinfo`: zones of the IANA database.

use super::delta::Delta;
use super::moment::DateTime;
use super::zone::TzInfo;
use super::is_plain;
use super::zone_rules::Rules;
use crate::prelude::*;
use std::cell::{Cell, OnceCell, RefCell};
use taipan_objects::module::import;

pub static MODULE: ModuleDef =
    ModuleDef { name: "_zoneinfo", doc: "C implementation of the zoneinfo module", functions: &[], init: Some(init) };

fn init(ts: &ThreadState, dict: &Dict) -> Result<()> {
    // Without it there are the classes written in Python, which its zones are none for.
    import(ts, "_datetime")?;
    dict.set_name(ts, "ZoneInfo", ZoneInfo::class(ts).into_value());
    Ok(())
}

/// What holds in a zone between two transitions.
#[derive(Clone)]
struct Info {
    offset: Value,
    dst: Value,
    name: Value,
    seconds: i64,
}

impl Info {
    fn new(ts: &ThreadState, offset: i64, dst: i64, name: Value) -> Result<Info> {
        let delta = |s: i64| Delta::from_us(ts, s as i128 * 1_000_000);
        Ok(Info { offset: delta(offset)?, dst: delta(dst)?, name, seconds: offset })
    }
    fn is_like(&self, ts: &ThreadState, other: &Info) -> Result<bool> {
        Ok(protocol::eq(ts, &self.offset, &other.offset)? && protocol::eq(ts, &self.dst, &other.dst)? && protocol::eq(ts, &self.name, &other.name)?)
    }
}

/// What holds behind the last transition.
enum After {
    Always(Info),
    Rules { rules: Rules, standard: Info, summer: Info },
}

struct Transitions {
    /// Moments, in seconds since 1970.
    utc: Vec<i64>,
    /// The same by the clocks, for fold 0 and 1.
    local: [Vec<i64>; 2],
    /// What begins there.
    infos: Vec<Info>,
    before: Option<Info>,
    after: After,
    /// Nothing depends on the time.
    fixed: bool,
}

#[repr(C)]
pub struct ZoneInfo {
    base: TzInfo,
    zone: Transitions,
    key: Value,
    /// The file's repr, for a zone made from an open file.
    file: Option<Value>,
    cached: Cell<bool>,
}
payload!(ZoneInfo, parent = TzInfo, container, traverse = |s, visit| {
    visit(&s.key);
    s.file.iter().for_each(&mut *visit);
});

/// As many zones stay alive that nobody uses any more.
const STRONG: usize = 8;

#[derive(Default)]
struct State {
    /// `ZoneInfo`'s own; subclasses have theirs as an attribute.
    weak: OnceCell<Value>,
    strong: RefCell<Vec<(Value, Value)>>,
}

fn state(ts: &ThreadState) -> &State {
    ts.interp().extension::<State>()
}

fn new_weak_cache(ts: &ThreadState) -> Result {
    protocol::call_method(ts, &import(ts, "weakref")?, "WeakValueDictionary", &[])
}

fn is_base(ts: &ThreadState, cls: &Value) -> bool {
    cls.is(ZoneInfo::class(ts).as_value())
}

fn weak_cache(ts: &ThreadState, cls: &Value) -> Result {
    if !is_base(ts, cls) {
        return protocol::getattr_name(ts, cls, "_weak_cache");
    }
    if let Some(c) = state(ts).weak.get() {
        return Ok(c.clone());
    }
    let made = new_weak_cache(ts)?;
    Ok(state(ts).weak.get_or_init(|| made).clone())
}

/// The place of a key among the zones kept. Comparing keys may run Python code: it sees a copy.
fn strong_place(ts: &ThreadState, key: &Value) -> Result<Option<usize>> {
    let keys: Vec<Value> = state(ts).strong.borrow().iter().map(|e| e.0.clone()).collect();
    for (i, k) in keys.iter().enumerate() {
        if protocol::eq(ts, k, key)? {
            let unchanged = state(ts).strong.borrow().get(i).is_some_and(|e| e.0.is(k));
            return Ok(unchanged.then_some(i));
        }
    }
    Ok(None)
}

/// A zone kept becomes the one used last.
fn from_strong(ts: &ThreadState, key: &Value) -> Result<Option<Value>> {
    // Mostly it is the last one, under the very same key.
    if let Some((k, zone)) = state(ts).strong.borrow().first()
        && k.is(key)
    {
        return Ok(Some(zone.clone()));
    }
    let Some(i) = strong_place(ts, key)? else { return Ok(None) };
    let mut strong = state(ts).strong.borrow_mut();
    let entry = strong.remove(i);
    let zone = entry.1.clone();
    strong.insert(0, entry);
    Ok(Some(zone))
}

fn keep(ts: &ThreadState, key: &Value, zone: &Value) {
    let mut strong = state(ts).strong.borrow_mut();
    strong.insert(0, (key.clone(), zone.clone()));
    let old = (strong.len() > STRONG).then(|| strong.pop());
    drop(strong);
    drop(old);
}

fn helper(ts: &ThreadState, module: &str, function: &str, args: &[Value]) -> Result {
    protocol::call_method(ts, &import(ts, module)?, function, args)
}

/// A zone by its name, from the file or from the package `tzdata`.
fn by_key(ts: &ThreadState, cls: &Value, key: &Value, cached: bool) -> Result {
    let path = helper(ts, "zoneinfo._tzpath", "find_tzfile", std::slice::from_ref(key))?;
    let file = if path.is_none() {
        helper(ts, "zoneinfo._common", "load_tzdata", std::slice::from_ref(key))?
    } else {
        helper(ts, "io", "open", &[path, str_value(ts, "rb")])?
    };
    let zone = load(ts, &file);
    let saved = if zone.is_err() { ts.take_exception() } else { None };
    let closed = protocol::call_method(ts, &file, "close", &[]);
    if let Some(e) = saved {
        ts.exception.set(Some(e));
        return Err(Raised);
    }
    closed?;
    new_of(ts, cls, ZoneInfo { base: TzInfo::default(), zone: zone?, key: key.clone(), file: None, cached: Cell::new(cached) })
}

fn numbers(ts: &ThreadState, v: &Value) -> Result<Vec<i64>> {
    protocol::collect(ts, v)?.iter().map(|v| index_i64(ts, v)).collect()
}

fn load(ts: &ThreadState, file: &Value) -> Result<Transitions> {
    let data = helper(ts, "zoneinfo._common", "load_data", std::slice::from_ref(file))?;
    let data = protocol::collect(ts, &data)?;
    let [indexes, utc, offsets, is_dst, names, rules] = &data[..] else { return Err(ts.type_error("load_data() gave no six values")) };
    let (indexes, utc) = (numbers(ts, indexes)?, numbers(ts, utc)?);
    let (offsets, is_dst) = (numbers(ts, offsets)?, numbers(ts, is_dst)?);
    let names = protocol::collect(ts, names)?;
    let n = offsets.len();
    if is_dst.len() != n || names.len() != n || indexes.len() != utc.len() || indexes.iter().any(|i| !(0..n as i64).contains(i)) {
        return Err(ts.value_error("Invalid transition index found while reading TZif"));
    }
    let indexes: Vec<usize> = indexes.into_iter().map(|i| i as usize).collect();
    let dst = dst_offsets(&indexes, &offsets, &is_dst);
    let mut kinds = Vec::with_capacity(n);
    for i in 0..n {
        kinds.push(Info::new(ts, offsets[i], dst[i], names[i].clone())?);
    }
    let infos: Vec<Info> = indexes.iter().map(|&i| kinds[i].clone()).collect();
    let before = is_dst.iter().position(|d| *d == 0).map(|i| kinds[i].clone()).or_else(|| infos.first().cloned());
    let text = if rules.is_none() { None } else { rules.downcast::<Bytes>().map(|b| b.as_slice().to_vec()).filter(|b| !b.is_empty()) };
    let after = match text {
        Some(text) => after_rules(ts, &text)?,
        None => match infos.last().or(kinds.last()) {
            Some(last) => After::Always(last.clone()),
            None => return Err(ts.value_error("No time zone information found.")),
        },
    };
    let fixed = match (&after, &kinds[..]) {
        (After::Always(_), []) => true,
        (After::Always(a), [only]) => only.is_like(ts, a)?,
        _ => false,
    };
    let local = local_times(&indexes, &utc, &offsets);
    Ok(Transitions { utc, local, infos, before, after, fixed })
}

fn after_rules(ts: &ThreadState, text: &[u8]) -> Result<After> {
    let rules = Rules::parse(text).map_err(|what| {
        let shown = protocol::repr_lossy(ts, &bytes_value(ts, text)).unwrap_or_default();
        ts.value_error(format!("{what}{shown}"))
    })?;
    let standard = Info::new(ts, rules.standard.offset, 0, str_value(ts, &rules.standard.abbreviation))?;
    match &rules.summer {
        None => Ok(After::Always(standard)),
        Some(s) => {
            let summer = Info::new(ts, s.name.offset, s.name.offset - rules.standard.offset, str_value(ts, &s.name.abbreviation))?;
            Ok(After::Rules { rules, standard, summer })
        }
    }
}

/// How much of each offset is summer time: the files tell only whether it is, so it is found out from the
/// standard time before or after. An hour, when neither tells.
fn dst_offsets(indexes: &[usize], offsets: &[i64], is_dst: &[i64]) -> Vec<i64> {
    let n = offsets.len();
    let mut dst = vec![0; n];
    let wanted = is_dst.iter().filter(|d| **d != 0).count();
    let mut found = 0;
    for i in 1..indexes.len() {
        if found == wanted {
            return dst;
        }
        let kind = indexes[i];
        if is_dst[kind] == 0 || dst[kind] != 0 {
            continue;
        }
        let before = indexes[i - 1];
        let mut difference = if is_dst[before] == 0 { offsets[kind] - offsets[before] } else { 0 };
        if difference == 0
            && kind + 1 < n
            && let Some(&next) = indexes.get(i + 1)
        {
            // Perhaps a later transition tells.
            if is_dst[next] != 0 {
                continue;
            }
            difference = offsets[kind] - offsets[next];
        }
        if difference != 0 {
            found += 1;
            dst[kind] = difference;
        }
    }
    if found < wanted {
        for (d, is) in dst.iter_mut().zip(is_dst) {
            if *d == 0 && *is != 0 {
                *d = 3600;
            }
        }
    }
    dst
}

/// The transitions by the clocks before and after them: the later reading counts for fold 0.
fn local_times(indexes: &[usize], utc: &[i64], offsets: &[i64]) -> [Vec<i64>; 2] {
    let mut local = [utc.to_vec(), utc.to_vec()];
    for (i, kind) in indexes.iter().enumerate() {
        let before = match i {
            0 => offsets[0],
            _ => offsets[indexes[i - 1]],
        };
        local[0][i] = utc[i].saturating_add(before.max(offsets[*kind]));
        local[1][i] = utc[i].saturating_add(before.min(offsets[*kind]));
    }
    local
}

impl Transitions {
    fn after_at(&self, t: i64, year: i64, fold: bool) -> &Info {
        match &self.after {
            After::Always(info) => info,
            After::Rules { rules, standard, summer } => if rules.is_summer(t, year, fold) { summer } else { standard },
        }
    }
    /// What holds when clocks show a time.
    fn at_local(&self, dt: &DateTime) -> Option<&Info> {
        let (t, fold) = (dt.local_seconds(), dt.clock.fold != 0);
        let times = &self.local[fold as usize];
        match (times.first(), times.last()) {
            (Some(first), _) if t < *first => self.before.as_ref(),
            (_, Some(last)) if t <= *last => self.infos.get(times.partition_point(|x| *x <= t) - 1),
            _ => Some(self.after_at(t, dt.base.year as i64, fold)),
        }
    }
    /// What holds at a moment given in UTC, and the fold of the local time.
    fn at_utc(&self, dt: &DateTime) -> Option<(&Info, bool)> {
        let t = dt.local_seconds();
        let n = self.utc.len();
        match (self.utc.first(), self.utc.last()) {
            (Some(first), _) if t < *first => Some((self.before.as_ref()?, false)),
            (_, Some(last)) if t <= *last => {
                let i = self.utc.partition_point(|x| *x <= t);
                let (before, now) = if i >= 2 { (&self.infos[i - 2], &self.infos[i - 1]) } else { (self.before.as_ref()?, &self.infos[0]) };
                Some((now, before.seconds - now.seconds > t - self.utc[i - 1]))
            }
            (_, last) => {
                let (info, mut fold) = match &self.after {
                    After::Always(info) => (info, false),
                    After::Rules { rules, standard, summer } => {
                        let (is_summer, fold) = rules.is_summer_utc(t, dt.base.year as i64);
                        (if is_summer { summer } else { standard }, fold)
                    }
                };
                // The fold right after the last transition.
                if let Some(last) = last {
                    let before = if n == 1 { self.before.as_ref()? } else { &self.infos[n - 2] };
                    let difference = before.seconds - info.seconds;
                    if difference > 0 && t < last.saturating_add(difference) {
                        fold = true;
                    }
                }
                Some((info, fold))
            }
        }
    }
}

impl ZoneInfo {
    fn info(&self, ts: &ThreadState, dt: &Value) -> Result<Option<&Info>> {
        if dt.is_none() {
            return Ok(match &self.zone.after {
                After::Always(info) if self.zone.fixed => Some(info),
                _ => None,
            });
        }
        let Some(dt) = dt.downcast::<DateTime>() else {
            let name = dt.type_name(ts);
            return Err(ts.attribute_error(format!("'{name}' object has no attribute 'toordinal'")));
        };
        Ok(self.zone.at_local(dt))
    }
    fn shown(slf: &Value, ts: &ThreadState) -> Result {
        let z = Self::of(ts, slf)?;
        let name = if is_base(ts, slf.class_ref(ts).as_value()) { "zoneinfo.ZoneInfo".into() } else { slf.class(ts).short_name() };
        Ok(match (&z.file, z.key.is_none()) {
            (Some(file), true) => str_value(ts, &format!("{name}.from_file({})", protocol::str_(ts, file)?.to_string_lossy())),
            _ => str_value(ts, &format!("{name}(key={})", protocol::repr_lossy(ts, &z.key)?)),
        })
    }
    fn of<'a>(ts: &ThreadState, slf: &'a Value) -> Result<&'a ZoneInfo> {
        slf.downcast::<ZoneInfo>().ok_or_else(|| ts.type_error("a ZoneInfo is required"))
    }
    /// Local time of a datetime in UTC.
    pub fn local(ts: &ThreadState, tz: &Value, utc: &Value) -> Result {
        if is_plain::<ZoneInfo>(ts, tz) { Self::fromutc(tz, ts, utc) } else { protocol::call_method(ts, tz, "fromutc", std::slice::from_ref(utc)) }
    }
    /// The offset in seconds, when the class has not been given another idea of it.
    pub fn offset_of(ts: &ThreadState, tz: &Value, dt: &Value) -> Option<i64> {
        if !is_plain::<ZoneInfo>(ts, tz) {
            return None;
        }
        Some(tz.downcast::<ZoneInfo>()?.zone.at_local(dt.downcast::<DateTime>()?)?.seconds)
    }
}

#[class(name = "ZoneInfo", module = "zoneinfo", base = TzInfo, weakref)]
impl ZoneInfo {
    #[new("(key)", no_signature)]
    fn new(cls: &Value, ts: &ThreadState, key: &Value) -> Result {
        let base = is_base(ts, cls);
        if base && let Some(zone) = from_strong(ts, key)? {
            return Ok(zone);
        }
        let cache = weak_cache(ts, cls)?;
        let mut zone = protocol::call_method(ts, &cache, "get", &[key.clone(), Value::none()])?;
        if zone.is_none() {
            let made = by_key(ts, cls, key, true)?;
            zone = protocol::call_method(ts, &cache, "setdefault", &[key.clone(), made])?;
        }
        if base {
            keep(ts, key, &zone);
        }
        Ok(zone)
    }
    /// Function to initialize subclasses.
    #[classmethod("__init_subclass__($type, /, *args, **kwargs)", no_signature)]
    fn init_subclass(cls: &Value, ts: &ThreadState, args: &[Value], kwargs: Kwargs<'_>) -> Result<()> {
        let _ = (args, kwargs);
        protocol::setattr_name(ts, cls, "_weak_cache", &new_weak_cache(ts)?)
    }
    /// Create a ZoneInfo file from a file object.
    #[classmethod("from_file($type, file_obj, /, key=None)")]
    fn from_file(cls: &Value, ts: &ThreadState, file_obj: &Value, key: &Value) -> Result {
        let file = protocol::repr(ts, file_obj)?.into_value();
        let zone = load(ts, file_obj)?;
        new_of(ts, cls, ZoneInfo { base: TzInfo::default(), zone, key: key.clone(), file: Some(file), cached: Cell::new(false) })
    }
    /// Get a new instance of ZoneInfo, bypassing the cache.
    #[classmethod("no_cache($type, /, key)")]
    fn no_cache(cls: &Value, ts: &ThreadState, key: &Value) -> Result {
        by_key(ts, cls, key, false)
    }
    /// Clear the ZoneInfo cache.
    #[classmethod("clear_cache($type, /, *, only_keys=None)")]
    fn clear_cache(cls: &Value, ts: &ThreadState, only_keys: &Value) -> Result<()> {
        let (cache, base) = (weak_cache(ts, cls)?, is_base(ts, cls));
        if only_keys.is_none() {
            protocol::call_method(ts, &cache, "clear", &[])?;
            if base {
                drop(state(ts).strong.take());
            }
            return Ok(());
        }
        protocol::for_each(ts, only_keys, |key| {
            protocol::call_method(ts, &cache, "pop", &[key.clone(), Value::none()])?;
            if base && let Some(i) = strong_place(ts, &key)? {
                let old = state(ts).strong.borrow_mut().remove(i);
                drop(old);
            }
            Ok(())
        })
    }
    /// Retrieve a timedelta representing the UTC offset in a zone at the given datetime.
    #[method("utcoffset($self, dt, /)")]
    fn utcoffset(&self, ts: &ThreadState, dt: &Value) -> Result {
        Ok(self.info(ts, dt)?.map_or_else(Value::none, |i| i.offset.clone()))
    }
    /// Retrieve a timedelta representing the amount of DST applied in a zone at the given datetime.
    #[method("dst($self, dt, /)")]
    fn dst(&self, ts: &ThreadState, dt: &Value) -> Result {
        Ok(self.info(ts, dt)?.map_or_else(Value::none, |i| i.dst.clone()))
    }
    /// Retrieve a string containing the abbreviation for the time zone that applies in a zone at a given datetime.
    #[method("tzname($self, dt, /)")]
    fn tzname(&self, ts: &ThreadState, dt: &Value) -> Result {
        Ok(self.info(ts, dt)?.map_or_else(Value::none, |i| i.name.clone()))
    }
    /// Given a datetime with local time in UTC, retrieve an adjusted datetime in local time.
    #[method("fromutc($self, object, /)")]
    fn fromutc(slf: &Value, ts: &ThreadState, object: &Value) -> Result {
        let z = Self::of(ts, slf)?;
        let Some(dt) = object.downcast::<DateTime>() else { return Err(ts.type_error("fromutc: argument must be a datetime")) };
        if !dt.tz.as_ref().is_some_and(|t| t.is(slf)) {
            return Err(ts.value_error("fromutc: dt.tzinfo is not self"));
        }
        let Some((info, fold)) = z.zone.at_utc(dt) else { return Err(ts.value_error("No time zone information found.")) };
        dt.shifted_to(ts, object, info.seconds as i128 * 1_000_000, fold)
    }
    #[getter("key", member)]
    fn get_key(&self) -> Value {
        self.key.clone()
    }
    #[slot(repr)]
    fn repr(ts: &ThreadState, slf: &Value) -> Result {
        Self::shown(slf, ts)
    }
    #[slot(str)]
    fn str(ts: &ThreadState, slf: &Value) -> Result {
        let z = Self::of(ts, slf)?;
        if z.key.is_none() { protocol::repr(ts, slf).map(|s| s.into_value()) } else { Ok(protocol::str_(ts, &z.key)?.into_value()) }
    }
    /// Function for serialization with the pickle protocol.
    #[method("__reduce__($self, /)")]
    fn reduce(slf: &Value, ts: &ThreadState) -> Result {
        let z = Self::of(ts, slf)?;
        if z.file.is_some() {
            let class = protocol::getattr_name(ts, &import(ts, "pickle")?, "PicklingError")?;
            let error = protocol::call1(ts, &class, &str_value(ts, "Cannot pickle a ZoneInfo file from a file stream."))?;
            return Err(ts.raise(&error));
        }
        let f = protocol::getattr_name(ts, slf.class_ref(ts).as_value(), "_unpickle")?;
        Ok(tuple(ts, vec![f, tuple(ts, vec![z.key.clone(), int_value(ts, z.cached.get() as i64)])]))
    }
    /// Private method used in unpickling.
    #[classmethod("_unpickle($type, key, from_cache, /)")]
    fn unpickle(cls: &Value, ts: &ThreadState, key: &Value, from_cache: i32) -> Result {
        if from_cache != 0 { protocol::call1(ts, cls, key) } else { by_key(ts, cls, key, false) }
    }
}
