//! Normal forms.

use super::{decomposition_of, old_of, record, tables::COMPOSITIONS};
use taipan_objects::unicode::wtf8;

#[derive(Clone, Copy, PartialEq)]
pub enum Form {
    Nfc,
    Nfd,
    Nfkc,
    Nfkd,
}

impl Form {
    pub fn named(name: &[u8]) -> Option<Form> {
        Some(match name {
            b"NFC" => Form::Nfc,
            b"NFD" => Form::Nfd,
            b"NFKC" => Form::Nfkc,
            b"NFKD" => Form::Nfkd,
            _ => return None,
        })
    }
    fn is_compatible(self) -> bool {
        matches!(self, Form::Nfkc | Form::Nfkd)
    }
    fn composes(self) -> bool {
        matches!(self, Form::Nfc | Form::Nfkc)
    }
}

pub const S_BASE: u32 = 0xac00;
const L_BASE: u32 = 0x1100;
const V_BASE: u32 = 0x1161;
const T_BASE: u32 = 0x11a7;
const L_COUNT: u32 = 19;
const V_COUNT: u32 = 21;
const T_COUNT: u32 = 28;
pub const S_COUNT: u32 = L_COUNT * V_COUNT * T_COUNT;

/// The parts of a Hangul syllable: two or three.
pub fn hangul(c: u32) -> Option<([u32; 3], usize)> {
    let s = c.wrapping_sub(S_BASE);
    if s >= S_COUNT {
        return None;
    }
    let t = T_BASE + s % T_COUNT;
    let parts = [L_BASE + s / (V_COUNT * T_COUNT), V_BASE + s % (V_COUNT * T_COUNT) / T_COUNT, t];
    Some((parts, if t == T_BASE { 2 } else { 3 }))
}

/// Code points that Unicode 3.2 decomposed otherwise.
static CORRECTED: [(u32, u32); 5] =
    [(0x2f868, 0x2136a), (0x2f874, 0x5f33), (0x2f91f, 0x43ab), (0x2f95f, 0x7aae), (0x2f9bf, 0x4d57)];

fn decompose(c: u32, compatible: bool, old: bool, out: &mut Vec<u32>) {
    if c < 0x80 {
        out.push(c);
        return;
    }
    if let Some((parts, n)) = hangul(c) {
        out.extend_from_slice(&parts[..n]);
        return;
    }
    if old {
        if let Some((_, d)) = CORRECTED.iter().find(|(x, _)| *x == c) {
            out.push(*d);
            return;
        }
        if old_of(c).is_some_and(|o| o.category == 0) {
            out.push(c);
            return;
        }
    }
    match decomposition_of(c) {
        Some((tag, parts)) if tag == 0 || compatible => parts.iter().for_each(|&p| decompose(p, compatible, old, out)),
        _ => out.push(c),
    }
}

fn compose_pair(a: u32, b: u32) -> Option<u32> {
    if a.wrapping_sub(L_BASE) < L_COUNT && b.wrapping_sub(V_BASE) < V_COUNT {
        return Some(S_BASE + ((a - L_BASE) * V_COUNT + (b - V_BASE)) * T_COUNT);
    }
    if a.wrapping_sub(S_BASE) < S_COUNT && (a - S_BASE) % T_COUNT == 0 && b > T_BASE && b < T_BASE + T_COUNT {
        return Some(a + b - T_BASE);
    }
    COMPOSITIONS.binary_search_by_key(&(a, b), |&(x, y, _)| (x, y)).ok().map(|i| COMPOSITIONS[i].2)
}

fn compose(text: &mut Vec<u32>) {
    let Some(mut starter) = text.iter().position(|&c| record(c).combining == 0) else { return };
    let mut kept = starter + 1;
    let mut last_class = 0;
    for i in starter + 1..text.len() {
        let c = text[i];
        let class = record(c).combining;
        // Blocked by something of the same or a higher class in between.
        let adjacent = kept == starter + 1;
        if (adjacent || last_class < class && last_class != 0)
            && let Some(whole) = compose_pair(text[starter], c)
        {
            text[starter] = whole;
            continue;
        }
        if class == 0 {
            starter = kept;
        }
        last_class = class;
        text[kept] = c;
        kept += 1;
    }
    text.truncate(kept);
}

/// The text in a normal form.
pub fn normalize(text: &[u8], form: Form, old: bool) -> Vec<u8> {
    let mut all = Vec::with_capacity(text.len());
    wtf8::CodePoints::new(text).for_each(|c| decompose(c, form.is_compatible(), old, &mut all));
    // Marks in the order of their classes, stably, between starters.
    let mut at = 0;
    while at < all.len() {
        if record(all[at]).combining == 0 {
            at += 1;
            continue;
        }
        let end = at + all[at..].iter().take_while(|&&c| record(c).combining != 0).count();
        all[at..end].sort_by_key(|&c| record(c).combining);
        at = end;
    }
    if form.composes() {
        compose(&mut all);
    }
    let mut out = Vec::with_capacity(text.len() + 8);
    all.into_iter().for_each(|c| wtf8::push(&mut out, c));
    out
}
