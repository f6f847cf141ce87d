//! Second pass: from the facts to the scope of each name, and which comprehensions are inlined.

use rustc_hash::{FxHashMap, FxHashSet};

use super::{BlockId, BlockKind, ComprehensionKind, Scope, SymbolTable, def};
use crate::ast::Name;
use crate::depth::deeper;
use crate::error::{Error, Result};

type Names = FxHashSet<Name>;

/// What the blocks around one hand down to it.
#[derive(Clone, Default)]
struct Outer {
    /// Names bound in enclosing functions; absent at module level.
    bound: Option<Names>,
    global: Names,
    type_params: Names,
}

pub(super) fn analyze(table: &mut SymbolTable) -> Result<()> {
    let mut free = Names::default();
    block(table, SymbolTable::TOP, &mut Outer::default(), &mut free, None)
}

fn at_directive(table: &SymbolTable, id: BlockId, name: &Name, msg: String) -> Box<Error> {
    let loc = table[id].directives.iter().find(|(n, _)| n == name).map_or(table[id].loc, |(_, l)| *l);
    Error::syntax(msg, loc)
}

struct State {
    scopes: FxHashMap<Name, Scope>,
    local: Names,
}

fn analyze_name(
    table: &SymbolTable,
    id: BlockId,
    name: &Name,
    flags: u32,
    state: &mut State,
    outer: &mut Outer,
    free: &mut Names,
    class: Option<BlockId>,
) -> Result<()> {
    let set = |state: &mut State, s: Scope| {
        state.scopes.insert(name.clone(), s);
    };
    if flags & def::GLOBAL != 0 {
        if flags & def::NONLOCAL != 0 {
            return Err(at_directive(table, id, name, format!("name '{name}' is nonlocal and global")));
        }
        set(state, Scope::GlobalExplicit);
        outer.global.insert(name.clone());
        if let Some(b) = &mut outer.bound {
            b.remove(name);
        }
        return Ok(());
    }
    if flags & def::NONLOCAL != 0 {
        let Some(bound) = &outer.bound else {
            let msg = "nonlocal declaration not allowed at module level".into();
            return Err(at_directive(table, id, name, msg));
        };
        if !bound.contains(name) {
            return Err(at_directive(table, id, name, format!("no binding for nonlocal '{name}' found")));
        }
        if outer.type_params.contains(name) {
            let msg = format!("nonlocal binding not allowed for type parameter '{name}'");
            return Err(at_directive(table, id, name, msg));
        }
        set(state, Scope::Free);
        free.insert(name.clone());
        return Ok(());
    }
    if flags & def::BOUND != 0 {
        set(state, Scope::Local);
        state.local.insert(name.clone());
        outer.global.remove(name);
        if flags & def::TYPE_PARAM != 0 {
            outer.type_params.insert(name.clone());
        } else {
            outer.type_params.remove(name);
        }
        return Ok(());
    }
    // A scope that sees a class looks at its namespace first, then at the globals, and never at
    // a function's variable of the same name.
    if let Some(class) = class {
        let in_class = table[class].symbol(name);
        if in_class & def::GLOBAL != 0 {
            set(state, Scope::GlobalExplicit);
            return Ok(());
        }
        if in_class & def::BOUND != 0 && in_class & def::NONLOCAL == 0 {
            set(state, Scope::GlobalImplicit);
            return Ok(());
        }
    }
    if outer.bound.as_ref().is_some_and(|b| b.contains(name)) {
        set(state, Scope::Free);
        free.insert(name.clone());
        return Ok(());
    }
    set(state, Scope::GlobalImplicit);
    Ok(())
}

fn block(
    table: &mut SymbolTable,
    id: BlockId,
    outer: &mut Outer,
    free: &mut Names,
    class: Option<BlockId>,
) -> Result<()> {
    let is_class = table[id].kind == BlockKind::Class;
    let mut state = State { scopes: FxHashMap::default(), local: Names::default() };
    let mut new_free = Names::default();
    let mut inlined_cells = Names::default();
    let mut handed = Outer { bound: Some(Names::default()), ..Outer::default() };
    let new_bound = |h: &mut Outer, o: &Outer| {
        if let (Some(b), Some(ob)) = (&mut h.bound, &o.bound) {
            b.extend(ob.iter().cloned());
        }
        h.global.extend(o.global.iter().cloned());
    };
    // Names bound in a class are not seen inside it, so what it hands down is set before.
    if is_class {
        new_bound(&mut handed, outer);
    }
    let symbols: Vec<(Name, u32)> = table[id].symbols.iter().map(|(n, f)| (n.clone(), *f)).collect();
    for (name, flags) in &symbols {
        analyze_name(table, id, name, *flags, &mut state, outer, free, class)?;
    }
    if is_class {
        if let Some(b) = &mut handed.bound {
            b.extend(["__class__", "__classdict__", "__conditional_annotations__"].map(Name::from));
        }
    } else {
        if table[id].is_function_like()
            && let Some(b) = &mut handed.bound
        {
            b.extend(state.local.iter().cloned());
        }
        new_bound(&mut handed, outer);
    }
    // Set by this block and its type parameters, seen by its children.
    handed.type_params = outer.type_params.clone();

    for i in 0..table[id].children.len() {
        let child = table[id].children[i];
        let child_class = if !table[child].can_see_class_scope {
            None
        } else if is_class {
            Some(id)
        } else {
            class
        };
        let inline = table[child].comprehension != ComprehensionKind::No
            && !table[child].generator
            && !table[id].can_see_class_scope;
        let mut child_free = new_free.clone();
        deeper(|| block(table, child, &mut handed.clone(), &mut child_free, child_class))?;
        if inline {
            inline_comprehension(table, id, child, &mut state, &mut child_free, &mut inlined_cells);
            table[child].comp_inlined = true;
        }
        new_free.extend(child_free);
    }
    splice_children(table, id);

    if table[id].is_function_like() {
        for (name, scope) in state.scopes.iter_mut().filter(|(_, s)| **s == Scope::Local) {
            if new_free.contains(name) || inlined_cells.contains(name) {
                *scope = Scope::Cell;
                new_free.remove(name);
            }
        }
    } else if is_class {
        let b = &mut table[id];
        b.needs_class_closure |= new_free.remove("__class__");
        b.needs_classdict |= new_free.remove("__classdict__");
        b.has_conditional_annotations |= new_free.remove("__conditional_annotations__");
    }
    update_symbols(table, id, &state, outer, &new_free, &inlined_cells);
    free.extend(new_free);
    Ok(())
}

/// The children of an inlined comprehension become those of the block it is in.
fn splice_children(table: &mut SymbolTable, id: BlockId) {
    let children = std::mem::take(&mut table[id].children);
    let mut all = Vec::with_capacity(children.len());
    for c in children {
        if table[c].comp_inlined {
            all.extend_from_slice(&table[c].children);
        } else {
            all.push(c);
        }
    }
    table[id].children = all;
}

fn update_symbols(
    table: &mut SymbolTable,
    id: BlockId,
    state: &State,
    outer: &Outer,
    free: &Names,
    inlined_cells: &Names,
) {
    let b = &mut table[id];
    for (name, flags) in &mut b.symbols {
        if inlined_cells.contains(name) {
            *flags |= def::COMP_CELL;
        }
        let scope = state.scopes.get(name).copied().unwrap_or(Scope::Unknown);
        *flags |= (scope as u32) << def::SCOPE_SHIFT;
    }
    let class_flag = b.kind == BlockKind::Class || b.can_see_class_scope;
    let mut free: Vec<&Name> = free.iter().collect();
    free.sort();
    for name in free {
        if let Some(flags) = b.symbols.get_mut(name) {
            // A method's free variable that is also a name of the class.
            if class_flag {
                *flags |= def::FREE_CLASS;
            }
            continue;
        }
        if outer.bound.as_ref().is_some_and(|bound| !bound.contains(name)) {
            continue;
        }
        b.symbols.insert(name.clone(), (Scope::Free as u32) << def::SCOPE_SHIFT);
    }
}

fn inline_comprehension(
    table: &mut SymbolTable,
    id: BlockId,
    comp: BlockId,
    state: &mut State,
    comp_free: &mut Names,
    inlined_cells: &mut Names,
) {
    let symbols: Vec<(Name, u32)> = table[comp].symbols.iter().map(|(n, f)| (n.clone(), *f)).collect();
    let is_class = table[id].kind == BlockKind::Class;
    let mut dropped = Vec::new();
    for (name, comp_flags) in symbols {
        if comp_flags & def::PARAM != 0 {
            continue;
        }
        let mut scope = Scope::of(comp_flags);
        let only_flags = comp_flags & ((1 << def::SCOPE_SHIFT) - 1);
        if scope == Scope::Cell || only_flags & def::COMP_CELL != 0 {
            inlined_cells.insert(name.clone());
        }
        let free_in_child =
            |table: &SymbolTable| table[comp].children.iter().any(|c| table[*c].scope(&name) == Scope::Free);
        // These are never free through a class scope.
        let implicit = matches!(&*name, "__class__" | "__classdict__" | "__conditional_annotations__");
        if scope == Scope::Free && is_class && implicit {
            scope = Scope::GlobalImplicit;
            if !free_in_child(table) {
                comp_free.remove(&name);
            }
            dropped.push(name.clone());
        }
        match table[id].symbols.get(&name).copied() {
            None => {
                table[id].symbols.insert(name.clone(), only_flags);
                state.scopes.insert(name, scope);
            }
            Some(flags) => {
                if flags & def::BOUND != 0 && !is_class && !free_in_child(table) {
                    comp_free.remove(&name);
                }
            }
        }
    }
    for name in dropped {
        table[comp].symbols.shift_remove(&name);
    }
}
