//! Finding a specialised form for an instruction from what its operands are now. Each function looks at one
//! family and either names the form, having filled the inline cache, or gives up for a while.

mod attributes;
mod calls;
mod fuse;

use crate::machine::*;
use taipan_isa::op;
use taipan_isa::op::specialized::*;
use taipan_isa::oparg::binary;
use taipan_objects::dict::Dict;
use taipan_objects::ids;

/// The instruction to specialise: its unit, its cache, its operands.
pub struct Site {
    /// The opcode's unit.
    unit: *mut u16,
    pub oparg: u32,
    sp: *mut StackRef,
    pub fp: *mut Frame,
}

impl Site {
    /// The operand `n` below the end of the stack (1: the top).
    pub fn operand(&self, n: usize) -> StackRef {
        // SAFETY: the instruction's operands are on the stack.
        unsafe { *self.sp.sub(n) }
    }
    pub fn value(&self, n: usize) -> ManuallyDrop<Value> {
        // SAFETY: as above, and not null.
        unsafe { self.operand(n).lend() }
    }
    pub fn shape(&self, n: usize) -> u32 {
        // SAFETY: as above.
        unsafe { self.operand(n).shape() }
    }
    /// Writes cache unit `at` (0 is the counter).
    pub fn write16(&self, at: usize, v: u16) {
        // SAFETY: the cache lies behind the unit; only the holder of the lock touches executable units.
        unsafe { *self.unit.add(1 + at) = v }
    }
    pub fn write32(&self, at: usize, v: u32) {
        // SAFETY: as above.
        unsafe { (self.unit.add(1 + at) as *mut u32).write_unaligned(v) }
    }
    pub fn write64(&self, at: usize, v: u64) {
        // SAFETY: as above.
        unsafe { (self.unit.add(1 + at) as *mut u64).write_unaligned(v) }
    }
    pub fn read32(&self, at: usize) -> u32 {
        // SAFETY: as above.
        unsafe { (self.unit.add(1 + at) as *const u32).read_unaligned() }
    }
    pub fn read64(&self, at: usize) -> u64 {
        // SAFETY: as above.
        unsafe { (self.unit.add(1 + at) as *const u64).read_unaligned() }
    }
    pub fn frame(&self) -> Fp {
        Fp(self.fp)
    }
}

/// Specialises the instruction behind whose unit `r.ip` stands, or sets its counter back.
///
/// # Safety
/// The instruction is an adaptive one with its operands on the stack.
pub unsafe fn specialize(ts: &ThreadState, r: &mut Regs) {
    // SAFETY: by the contract.
    unsafe {
        let unit = r.ip.sub(1) as *mut u16;
        let site = Site { unit, oparg: r.word >> 8, sp: r.sp, fp: r.fp };
        let carried = *unit as u8;
        let before = crate::generated::metadata::FIRST[carried as usize];
        let head = crate::generated::metadata::BASE[*unit as u8 as usize];
        let form = match head {
            op::BINARY_OP => binary_op(&site),
            op::COMPARE_OP => compare_op(&site),
            op::TO_BOOL => to_bool(ts, &site),
            op::CONTAINS_OP => match site.shape(1) {
                ids::DICT => Some(CONTAINS_OP_DICT),
                ids::SET => Some(CONTAINS_OP_SET),
                _ => None,
            },
            op::STORE_SUBSCR => store_subscr(&site),
            op::UNPACK_SEQUENCE => unpack_sequence(&site),
            op::FOR_ITER => for_iter(&site),
            op::SEND => send(&site),
            op::LOAD_GLOBAL => load_global(&site),
            op::LOAD_ATTR => {
                let form = attributes::load_attr(ts, &site);
                let often = before == LOAD_ATTR_POLYMORPHIC || before != head && *unit.add(1) & 15 >= counter::REPEATED;
                form.map(|f| if often && attributes::learn(ts, &site, f) { LOAD_ATTR_POLYMORPHIC } else { f })
            }
            op::STORE_ATTR => attributes::store_attr(ts, &site),
            op::LOAD_SUPER_ATTR => attributes::load_super_attr(ts, &site),
            op::CALL => calls::call(ts, &site),
            op::TAIL_CALL => calls::tail_call(ts, &site),
            _ => None,
        };
        let counter = unit.add(1);
        match form {
            Some(LOAD_ATTR_POLYMORPHIC) => {
                *unit = *unit & 0xff00 | LOAD_ATTR_POLYMORPHIC as u16;
                *counter = counter::LEARNING;
            }
            Some(form) => {
                // How often it had another form, for those that can do with several.
                let times = if before == head { 0 } else { ((*counter & 15) + 1).min(counter::REPEATED) };
                *unit = *unit & 0xff00 | form as u16;
                *counter = if head == op::LOAD_ATTR { counter::cooldown(times) } else { counter::COOLDOWN };
            }
            None => {
                *unit = *unit & 0xff00 | head as u16;
                *counter = counter::backoff(*counter);
            }
        }
        if carried != *unit as u8 {
            fuse::around(Frame::code_ref(r.fp), unit);
        }
    }
}

fn is_int(v: StackRef) -> bool {
    v.0 & 7 == 3
}

fn is_float(v: StackRef) -> bool {
    v.0 & 6 == 6
}

fn binary_op(s: &Site) -> Option<u8> {
    let (left, right) = (s.operand(2), s.operand(1));
    let n = if s.oparg >= binary::INPLACE && s.oparg < binary::SUBSCR { s.oparg - binary::INPLACE } else { s.oparg };
    if is_int(left) && is_int(right) {
        return Some(match n {
            binary::ADD => BINARY_OP_ADD_INT,
            binary::SUBTRACT => BINARY_OP_SUBTRACT_INT,
            binary::MULTIPLY => BINARY_OP_MULTIPLY_INT,
            binary::AND => BINARY_OP_AND_INT,
            binary::OR => BINARY_OP_OR_INT,
            binary::XOR => BINARY_OP_XOR_INT,
            binary::FLOOR_DIVIDE => BINARY_OP_FLOOR_DIVIDE_INT,
            binary::REMAINDER => BINARY_OP_REMAINDER_INT,
            binary::LSHIFT => BINARY_OP_LSHIFT_INT,
            binary::RSHIFT => BINARY_OP_RSHIFT_INT,
            binary::TRUE_DIVIDE => BINARY_OP_MIXED_NUMBER,
            _ => return None,
        });
    }
    if is_float(left) && is_float(right) {
        return Some(match n {
            binary::ADD => BINARY_OP_ADD_FLOAT,
            binary::SUBTRACT => BINARY_OP_SUBTRACT_FLOAT,
            binary::MULTIPLY => BINARY_OP_MULTIPLY_FLOAT,
            binary::TRUE_DIVIDE => BINARY_OP_TRUE_DIVIDE_FLOAT,
            _ => return None,
        });
    }
    if (is_int(left) || is_float(left)) && (is_int(right) || is_float(right)) {
        return match n {
            binary::ADD | binary::SUBTRACT | binary::MULTIPLY | binary::TRUE_DIVIDE => Some(BINARY_OP_MIXED_NUMBER),
            _ => None,
        };
    }
    match (n, s.shape(2)) {
        (binary::ADD, ids::INT) if s.shape(1) == ids::INT => Some(BINARY_OP_ADD_LONG),
        (binary::ADD, ids::STR) if s.shape(1) == ids::STR => {
            Some(if fuse::stores_back(s) { BINARY_OP_INPLACE_ADD_UNICODE } else { BINARY_OP_ADD_UNICODE })
        }
        (binary::SUBSCR, ids::LIST) if is_int(right) => Some(BINARY_OP_SUBSCR_LIST_INT),
        (binary::SUBSCR, ids::TUPLE) if is_int(right) => Some(BINARY_OP_SUBSCR_TUPLE_INT),
        (binary::SUBSCR, ids::STR) if is_int(right) => Some(BINARY_OP_SUBSCR_STR_INT),
        (binary::SUBSCR, ids::DICT) => Some(BINARY_OP_SUBSCR_DICT),
        _ => None,
    }
}

fn compare_op(s: &Site) -> Option<u8> {
    let (left, right) = (s.operand(2), s.operand(1));
    if is_int(left) && is_int(right) {
        return Some(COMPARE_OP_INT);
    }
    if is_float(left) && is_float(right) {
        return Some(COMPARE_OP_FLOAT);
    }
    let equality = matches!(s.oparg >> 5, taipan_isa::oparg::compare::EQ | taipan_isa::oparg::compare::NE);
    if equality && s.shape(2) == ids::STR && s.shape(1) == ids::STR {
        return Some(COMPARE_OP_STR);
    }
    None
}

fn to_bool(ts: &ThreadState, s: &Site) -> Option<u8> {
    let v = s.value(1);
    if v.as_bool_object().is_some() {
        return Some(TO_BOOL_BOOL);
    }
    if is_int(s.operand(1)) {
        return Some(TO_BOOL_INT);
    }
    if v.is_none() {
        return Some(TO_BOOL_NONE);
    }
    match s.shape(1) {
        ids::LIST => return Some(TO_BOOL_LIST),
        ids::STR => return Some(TO_BOOL_STR),
        0 => return None,
        _ => {}
    }
    let slots = v.class(ts).slots();
    if slots.bool_.is_some() || slots.len.is_some() {
        return None;
    }
    let version = ts.interp().shapes.version(s.shape(1));
    if version == 0 {
        return None;
    }
    s.write32(1, version);
    Some(TO_BOOL_ALWAYS_TRUE)
}

fn store_subscr(s: &Site) -> Option<u8> {
    match s.shape(2) {
        ids::LIST if is_int(s.operand(1)) => Some(STORE_SUBSCR_LIST_INT),
        ids::DICT => Some(STORE_SUBSCR_DICT),
        _ => None,
    }
}

fn unpack_sequence(s: &Site) -> Option<u8> {
    match s.shape(1) {
        ids::TUPLE if s.oparg == 2 => Some(UNPACK_SEQUENCE_TWO_TUPLE),
        ids::TUPLE => Some(UNPACK_SEQUENCE_TUPLE),
        ids::LIST => Some(UNPACK_SEQUENCE_LIST),
        _ => None,
    }
}

fn for_iter(s: &Site) -> Option<u8> {
    match s.shape(1) {
        ids::LIST_ITERATOR => Some(FOR_ITER_LIST),
        ids::TUPLE_ITERATOR => Some(FOR_ITER_TUPLE),
        ids::RANGE_ITERATOR => Some(FOR_ITER_RANGE),
        ids::GENERATOR => Some(FOR_ITER_GEN),
        _ => None,
    }
}

fn send(s: &Site) -> Option<u8> {
    match s.shape(2) {
        ids::GENERATOR | ids::COROUTINE => Some(SEND_GEN),
        _ => None,
    }
}

fn load_global(s: &Site) -> Option<u8> {
    let frame = s.frame();
    let (f, name) = (frame.function(), frame.name(s.oparg >> 1));
    if !f.globals.as_value().is_exact::<Dict>() {
        return None;
    }
    let entry = |d: &Dict| -> Option<(u16, u32)> {
        let i = u16::try_from(d.index_of_str(name)?).ok()?;
        match d.keys_version() {
            0 => None,
            v => Some((i, v)),
        }
    };
    if f.globals.contains_str(name) {
        let (i, version) = entry(&f.globals)?;
        s.write16(1, i);
        s.write32(2, version);
        return Some(LOAD_GLOBAL_MODULE);
    }
    let builtins = f.builtins.exact::<Dict>()?;
    let (i, version) = entry(builtins)?;
    let module = f.globals.keys_version();
    if module == 0 {
        return None;
    }
    s.write16(1, i);
    s.write32(2, module);
    s.write32(4, version);
    Some(LOAD_GLOBAL_BUILTIN)
}
