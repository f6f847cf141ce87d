//! Structure sequences: tuples whose items also have names, and which may have named items behind the end
//! that the tuple shows (`time.struct_time`, `os.stat_result`, `sys.flags`).
//!
//! A type is a `static` of [`StructSeq`]; [`StructSeq::class`] gives its class, [`StructSeq::make`] an instance.

use crate::heap::{GilCell, Payload, Ref};
use crate::native::{Args, DefKind, GetSetDef, NativeDef, Signature};
use crate::protocol;
use crate::slots::Slots;
use crate::str::Str;
use crate::thread::ThreadState;
use crate::tuple::Tuple;
use crate::typeobject::{NativeSpec, Type, make_native_type, methods};
use crate::value::{Result, Value};
use crate::{dict::Dict, int, shape, thread};
use std::collections::HashMap;

/// A named item. Without a name it is reached by its number only.
pub struct Field {
    pub name: &'static str,
    pub doc: &'static str,
}

impl Field {
    pub const fn new(name: &'static str, doc: &'static str) -> Field {
        Field { name, doc }
    }
    pub const fn unnamed(doc: &'static str) -> Field {
        Field { name: "", doc }
    }
}

pub struct StructSeq {
    /// With its module: "time.struct_time".
    pub name: &'static str,
    pub doc: &'static str,
    pub fields: &'static [Field],
    /// How many of the fields the tuple shows.
    pub sequence: usize,
    /// Instances come from native code only.
    pub no_new: bool,
    /// Completes the items (None where absent) that Python code constructs an instance from.
    pub fill: Option<fn(&mut [Value])>,
}

/// Most fields that a type may have.
pub const MAX_FIELDS: usize = 48;

#[derive(Default)]
struct Registry {
    classes: GilCell<HashMap<usize, (Ref<Type>, &'static StructSeq)>>,
}

fn seq_of(ts: &ThreadState, class: &Type) -> Option<&'static StructSeq> {
    let at = class as *const Type as usize;
    ts.interp().extension::<Registry>().classes.read(|c| c.values().find(|e| &*e.0 as *const Type as usize == at).map(|e| e.1))
}

impl StructSeq {
    pub fn short_name(&self) -> &'static str {
        self.name.rsplit('.').next().unwrap_or(self.name)
    }
    fn unnamed(&self) -> usize {
        self.fields.iter().filter(|f| f.name.is_empty()).count()
    }
    /// The class, made when first asked for.
    pub fn class(&'static self, ts: &ThreadState) -> Ref<Type> {
        let registry = ts.interp().extension::<Registry>();
        let key = self as *const StructSeq as usize;
        if let Some(found) = registry.classes.read(|c| c.get(&key).map(|e| e.0.clone())) {
            return found;
        }
        let (module, name) = self.name.rsplit_once('.').unwrap_or(("builtins", self.name));
        let hidden = self.fields.len() > self.sequence;
        let spec = NativeSpec {
            name,
            module,
            doc: self.doc,
            layout: Tuple::LAYOUT,
            fixed_id: 0,
            base: Some(Tuple::class_value(ts)),
            flags: if self.no_new { crate::typeobject::flags::DISALLOW_INSTANTIATION } else { 0 },
            has_dict: false,
            has_weakref: false,
            members: hidden as u32,
            fill: if self.no_new { fill_slots } else { fill_slots_new },
        };
        let ty = make_native_type(ts, &spec);
        let getsets: Vec<&'static GetSetDef> = self
            .fields
            .iter()
            .enumerate()
            .filter(|(_, f)| !f.name.is_empty())
            .map(|(i, f)| {
                let def = GetSetDef { name: f.name, doc: f.doc, get: Some(GETTERS[i]), set: None, member: true };
                &*Box::leak(Box::new(def))
            })
            .collect();
        methods::add_native_attributes(ts, &ty, &[&REDUCE, &REPLACE], &getsets, self.doc);
        let set = |name: &str, v: Value| ty.dict.set_name(ts, name, v);
        set("__module__", Str::intern(ts, module).into_value());
        set("n_sequence_fields", int::from_usize(ts, self.sequence));
        set("n_fields", int::from_usize(ts, self.fields.len()));
        set("n_unnamed_fields", int::from_usize(ts, self.unnamed()));
        let names = self.fields[..self.sequence].iter().filter(|f| !f.name.is_empty());
        let names = names.map(|f| Str::intern(ts, f.name).into_value()).collect();
        set("__match_args__", Tuple::new(ts, names).into_value());
        ty.modified(ts);
        registry.classes.write(|c| c.insert(key, (ty.clone(), self)));
        ty
    }
    /// An instance from all its items, the hidden ones included.
    pub fn make(&'static self, ts: &ThreadState, items: Vec<Value>) -> Result {
        debug_assert_eq!(items.len(), self.fields.len(), "{}", self.name);
        Ok(self.instance(ts, &self.class(ts), items))
    }
    fn instance(&self, ts: &ThreadState, class: &Type, mut items: Vec<Value>) -> Value {
        let hidden = items.split_off(self.sequence);
        let v = Tuple::new_with_type(ts, class, items).into_value();
        if !hidden.is_empty() {
            let hidden = Tuple::new(ts, hidden).into_value();
            // SAFETY: the class has one member slot in its instances' tail, empty so far.
            unsafe { *hidden_word(&v) = hidden.into_word() };
        }
        v
    }
    /// All items of an instance.
    fn items(&self, v: &Value) -> Vec<Value> {
        let mut items = v.downcast::<Tuple>().map(|t| t.items().to_vec()).unwrap_or_default();
        items.extend((self.sequence..self.fields.len()).map(|i| item(v, i)));
        items
    }
}

/// The word that holds the tuple of hidden items.
fn hidden_word(v: &Value) -> *mut u64 {
    let h = v.header_ptr();
    // SAFETY: callers pass instances of classes with a member slot.
    unsafe { shape::tail(h, thread::shape((*h).shape())) }
}

/// Item `i` of an instance, shown or hidden.
fn item(v: &Value, i: usize) -> Value {
    let Some(t) = v.downcast::<Tuple>() else { return Value::none() };
    if let Some(x) = t.get(i) {
        return x.clone();
    }
    // SAFETY: fields behind the shown ones exist only in classes with the slot; its word is a tuple or 0.
    unsafe {
        let w = *hidden_word(v);
        if w == 0 {
            return Value::none();
        }
        let hidden = &*(&w as *const u64 as *const Value);
        hidden.downcast::<Tuple>().and_then(|h| h.get(i - t.len()).cloned()).unwrap_or(Value::none())
    }
}

fn get<const I: usize>(_: &ThreadState, v: &Value) -> Result {
    Ok(item(v, I))
}

type Getter = fn(&ThreadState, &Value) -> Result;

macro_rules! getters {
    ($($i:literal)*) => { [$(get::<$i>),*] };
}

static GETTERS: [Getter; MAX_FIELDS] = getters!(0 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20 21 22 23 24 25 26 27
    28 29 30 31 32 33 34 35 36 37 38 39 40 41 42 43 44 45 46 47);

fn fill_slots(slots: &mut Slots) {
    slots.repr = Some(repr);
}

fn fill_slots_new(slots: &mut Slots) {
    slots.repr = Some(repr);
    slots.new = Some(new);
}

fn seq_of_value(ts: &ThreadState, v: &Value) -> Result<&'static StructSeq> {
    seq_of(ts, v.class(ts)).ok_or_else(|| ts.type_error(format!("'{}' is no structure sequence", v.type_name(ts))))
}

fn repr(ts: &ThreadState, v: &Value) -> Result {
    let seq = seq_of_value(ts, v)?;
    let Some(t) = v.downcast::<Tuple>() else { return Err(ts.system_error("structure sequence without items")) };
    let names = seq.fields.iter().filter(|f| !f.name.is_empty());
    let mut out: Vec<u8> = seq.name.as_bytes().to_vec();
    out.push(b'(');
    for (i, (x, f)) in t.items().iter().zip(names).enumerate() {
        if i > 0 {
            out.extend_from_slice(b", ");
        }
        out.extend_from_slice(f.name.as_bytes());
        out.push(b'=');
        out.extend_from_slice(protocol::repr(ts, x)?.bytes());
    }
    out.push(b')');
    Ok(Str::from_wtf8(ts, &out).into_value())
}

fn new(ts: &ThreadState, cls: &Value, args: Args<'_>) -> Result {
    let ty = cls.as_type().ok_or_else(|| ts.type_error("not a type"))?;
    let seq = seq_of(ts, ty).ok_or_else(|| ts.type_error(format!("cannot create '{}' instances", ty.name())))?;
    let name = seq.short_name();
    let (mut sequence, mut dict) = (args.get(0), args.get(1));
    if args.positional.len() > 2 {
        return Err(ts.type_error(format!("{name}() takes at most 2 arguments ({} given)", args.len())));
    }
    for (k, v) in args.keywords() {
        match k.as_str().map(|k| k.to_string_lossy()).as_deref() {
            Some("sequence") if sequence.is_none() => sequence = Some(v),
            Some("dict") if dict.is_none() => dict = Some(v),
            Some(k) if seq.fields.len() > 1 || k != seq.fields[0].name => {
                return Err(ts.type_error(format!("{name}() got an unexpected keyword argument '{k}'")));
            }
            Some(_) => {}
            None => {}
        }
    }
    // With a single field, its value is given itself.
    if let [field] = seq.fields {
        let by_name = args.keywords().find(|(k, _)| k.as_str().is_some_and(|k| k.bytes() == field.name.as_bytes()));
        let Some(v) = args.get(0).or(by_name.map(|e| e.1)) else {
            return Err(ts.type_error(format!("{name}() missing required argument '{}' (pos 1)", field.name)));
        };
        return Ok(seq.instance(ts, ty, vec![v.clone()]));
    }
    let Some(sequence) = sequence else {
        return Err(ts.type_error(format!("{name}() missing required argument 'sequence' (pos 1)")));
    };
    let mut items = match protocol::collect(ts, sequence) {
        Ok(items) => items,
        Err(raised) => {
            if !ts.exception_is(|x| &x.type_error) {
                return Err(raised);
            }
            ts.clear_exception();
            return Err(ts.type_error("constructor requires a sequence"));
        }
    };
    let dict = match dict {
        None => None,
        Some(d) => match d.downcast::<Dict>() {
            Some(d) => Some(d),
            None => return Err(ts.type_error(format!("{}() takes a dict as second arg, if any", seq.name))),
        },
    };
    let (n, least, most) = (items.len(), seq.sequence, seq.fields.len());
    if n < least || n > most {
        let bound = match (least == most, n < least) {
            (true, _) => format!("a {least}-sequence"),
            (false, true) => format!("an at least {least}-sequence"),
            (false, false) => format!("an at most {most}-sequence"),
        };
        return Err(ts.type_error(format!("{}() takes {bound} ({n}-sequence given)", seq.name)));
    }
    items.resize(most, Value::none());
    if let Some(d) = dict {
        let mut found = 0;
        for (i, f) in seq.fields.iter().enumerate().skip(n) {
            if f.name.is_empty() {
                continue;
            }
            if let Some(v) = d.get_name(ts, f.name) {
                items[i] = v;
                found += 1;
            }
        }
        if d.len() > found {
            return Err(ts.type_error(format!("{}() got duplicate or unexpected field name(s)", seq.name)));
        }
    }
    if let Some(fill) = seq.fill {
        fill(&mut items);
    }
    Ok(seq.instance(ts, ty, items))
}

fn reduce(ts: &ThreadState, args: Args<'_>) -> Result {
    let Some(v) = args.get(0) else {
        return Err(ts.type_error("unbound method structseq.__reduce__() needs an argument"));
    };
    let seq = seq_of_value(ts, v)?;
    let shown = v.downcast::<Tuple>().map(|t| t.items().to_vec()).unwrap_or_default();
    if seq.name == "datetime.IsoCalendarDate" {
        // Its class has no public name: what is read back is a plain tuple.
        let items = Tuple::new(ts, shown).into_value();
        let args = Tuple::new(ts, vec![items]).into_value();
        return Ok(Tuple::new(ts, vec![crate::typeobject::builtin(ts, crate::ids::TUPLE).to_value(), args]).into_value());
    }
    if seq.fields.len() == 1 {
        let args = Tuple::new(ts, shown).into_value();
        return Ok(Tuple::new(ts, vec![v.class(ts).to_value(), args]).into_value());
    }
    let dict = Dict::new(ts);
    for (i, f) in seq.fields.iter().enumerate().skip(seq.sequence) {
        if !f.name.is_empty() {
            dict.set_name(ts, f.name, item(v, i));
        }
    }
    let state = Tuple::new(ts, vec![Tuple::new(ts, shown).into_value(), dict.into_value()]);
    Ok(Tuple::new(ts, vec![v.class(ts).to_value(), state.into_value()]).into_value())
}

fn replace(ts: &ThreadState, args: Args<'_>) -> Result {
    let Some(v) = args.get(0) else {
        return Err(ts.type_error("unbound method structseq.__replace__() needs an argument"));
    };
    let seq = seq_of_value(ts, v)?;
    if args.positional.len() > 1 {
        return Err(ts.type_error("__replace__() takes no positional arguments"));
    }
    if seq.unnamed() > 0 {
        let text = format!("__replace__() is not supported for {} because it has unnamed field(s)", seq.name);
        return Err(ts.type_error(text));
    }
    let mut items = seq.items(v);
    let mut unknown = vec![];
    for (k, x) in args.keywords() {
        let name = k.as_str().map(|k| k.to_string_lossy().into_owned()).unwrap_or_default();
        match seq.fields.iter().position(|f| f.name == name) {
            Some(i) => items[i] = x.clone(),
            None => unknown.push(k.clone()),
        }
    }
    if !unknown.is_empty() {
        let names = protocol::repr(ts, &crate::list::List::new(ts, unknown).into_value())?;
        return Err(ts.type_error(format!("Got unexpected field name(s): {}", names.to_string_lossy())));
    }
    Ok(seq.instance(ts, v.class(ts), items))
}

const fn method(name: &'static str, func: crate::native::NativeFn, sig: &'static Signature) -> NativeDef {
    NativeDef { name, doc: "", text_signature: "", func, kind: DefKind::Method, sig, fast0: None, fast1: None, fast2: None, fast3: None }
}

static REDUCE_SIGNATURE: Signature = Signature::bare("__reduce__");
static REPLACE_SIGNATURE: Signature = Signature::bare("__replace__");
static REDUCE: NativeDef = method("__reduce__", reduce, &REDUCE_SIGNATURE);
static REPLACE: NativeDef = method("__replace__", replace, &REPLACE_SIGNATURE);
