//! How the arguments of a call go to the parameters of the function, as far as the code tells.

use super::code::CodeObject;

/// Where an argument goes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Store {
    /// The top of the stack to a slot.
    One(u32),
    /// So many, made a tuple, to the slot of `*args`.
    Tuple { count: u32, slot: u32 },
}

/// A binding known beforehand.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Binding {
    /// From the top of the stack downwards.
    pub stores: Vec<Store>,
    /// Parameters left to their defaults: index into `__defaults__`, slot.
    pub defaults: Vec<(u32, u32)>,
    /// `**kwargs` gets an empty dict.
    pub empty_dict: Option<u32>,
}

/// What can be said of a call's arguments.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Bound {
    Known(Binding),
    /// Only when it runs.
    AtRunTime,
    /// They do not fit: the call raises TypeError.
    Misfit,
}

/// Binds `positional` arguments followed by `keywords`. With `with_self`, one more comes first,
/// which is not on the stack among the arguments.
pub fn bind(code: &CodeObject, positional: u32, keywords: &[String], with_self: bool, defaults: u32) -> Bound {
    let argcount = code.argcount as usize;
    let named = code.named_params();
    let extra = usize::from(with_self);
    let given = positional as usize + extra;
    let mut filled = vec![false; named];
    filled.iter_mut().take(given.min(argcount)).for_each(|f| *f = true);
    let mut stores = Vec::new();
    let mut to_dict = false;
    // Keywords lie above the positional arguments.
    for name in keywords.iter().rev() {
        let range = code.posonlyargcount as usize..named;
        match code.varnames.get(range.clone()).and_then(|v| v.iter().position(|p| p == name)) {
            Some(at) => {
                let slot = range.start + at;
                if std::mem::replace(&mut filled[slot], true) {
                    return Bound::Misfit;
                }
                stores.push(Store::One(slot as u32));
            }
            None if code.has_varkeywords() => to_dict = true,
            None => return Bound::Misfit,
        }
    }
    if given > argcount {
        if !code.has_varargs() {
            return Bound::Misfit;
        }
        if argcount < extra {
            return Bound::AtRunTime; // self is among `*args`
        }
        stores.push(Store::Tuple { count: (given - argcount) as u32, slot: named as u32 });
    } else if code.has_varargs() {
        stores.push(Store::Tuple { count: 0, slot: named as u32 });
    }
    stores.extend((extra..given.min(argcount)).rev().map(|slot| Store::One(slot as u32)));
    let missing: Vec<usize> = (0..named).filter(|i| !filled[*i]).collect();
    let first_default = argcount.saturating_sub(defaults as usize);
    if missing.iter().any(|i| *i < first_default) {
        return Bound::Misfit;
    }
    if to_dict || missing.iter().any(|i| *i >= argcount) {
        return Bound::AtRunTime;
    }
    let shift = (defaults as usize).saturating_sub(argcount);
    Bound::Known(Binding {
        stores,
        defaults: missing.iter().map(|i| ((i - first_default + shift) as u32, *i as u32)).collect(),
        empty_dict: code.has_varkeywords().then(|| named as u32 + u32::from(code.has_varargs())),
    })
}
