//! Encodings by a table: a string with a character for each byte, or a mapping.

use super::{Decoder, Encoder, Replacement, encode::Policy, single};
use crate::bytes::Bytes;
use crate::heap::{self, Ref};
use crate::int;
use crate::protocol;
use crate::str::Str;
use crate::thread::ThreadState;
use crate::value::{Result, Value};
use std::collections::HashMap;
use taipan_macros::class;

const REASON: &str = "character maps to <undefined>";

/// The bytes of characters, made from a decoding table by `charmap_build`.
pub struct EncodingMap {
    /// For each of the first 256 pages of characters, which of `rows` it is; row 0 is empty.
    pages: [u16; 256],
    rows: Vec<[u16; 256]>,
    /// Characters beyond the first plane.
    others: HashMap<u32, u8>,
}

/// No byte.
const NOTHING: u16 = 0xffff;

impl EncodingMap {
    fn new(bytes: impl Iterator<Item = (u32, u8)>) -> EncodingMap {
        let mut map = EncodingMap { pages: [0; 256], rows: vec![[NOTHING; 256]], others: HashMap::new() };
        for (c, b) in bytes {
            match map.pages.get_mut(c as usize >> 8) {
                Some(page) => {
                    if *page == 0 {
                        *page = map.rows.len() as u16;
                        map.rows.push([NOTHING; 256]);
                    }
                    map.rows[*page as usize][c as usize & 0xff] = b as u16;
                }
                None => drop(map.others.insert(c, b)),
            }
        }
        map
    }
    #[inline]
    fn byte(&self, c: u32) -> Option<u8> {
        match self.pages.get(c as usize >> 8) {
            Some(&page) => u8::try_from(self.rows[page as usize][c as usize & 0xff]).ok(),
            None => self.others.get(&c).copied(),
        }
    }
}

crate::payload!(EncodingMap);

#[class(name = "EncodingMap", no_new, final)]
impl EncodingMap {
    /// Return the size (in bytes) of this object.
    #[method("size($self, /)")]
    fn size(&self) -> usize {
        size_of::<EncodingMap>() + self.rows.capacity() * 512 + self.others.capacity() * 8
    }
}

/// `_codecs.charmap_build(table)`
pub fn build(ts: &ThreadState, table: &Str) -> Ref<EncodingMap> {
    let bytes = table.code_points().take(256).enumerate().filter(|(_, c)| *c != 0xfffe).map(|(b, c)| (c, b as u8));
    heap::new(ts, EncodingMap::new(bytes))
}

/// `mapping[key]`, absent when there is no such key or nothing for it.
fn look_up(ts: &ThreadState, mapping: &Value, key: i64) -> Result<Option<Value>> {
    match protocol::getitem(ts, mapping, &int::from_i64(ts, key)) {
        Ok(v) if v.is_none() => Ok(None),
        Ok(v) => Ok(Some(v)),
        Err(_) if ts.exception_matches(&ts.exceptions().lookup_error) => {
            ts.take_exception();
            Ok(None)
        }
        Err(e) => Err(e),
    }
}

pub fn decode(ts: &ThreadState, bytes: &[u8], errors: &str, mapping: Option<&Value>) -> Result<Ref<Str>> {
    let Some(mapping) = mapping.filter(|m| !m.is_none()) else { return Ok(single::decode_latin1(ts, bytes)) };
    let mut d = Decoder::new(ts, "charmap", bytes, errors);
    let mut at = 0;
    if let Some(table) = mapping.as_str_exact() {
        let table: Vec<u32> = table.code_points().collect();
        d.out.reserve(ts, bytes.len() * 2)?;
        while at < d.input.len() {
            match table.get(d.input[at] as usize) {
                Some(&c) if c != 0xfffe => {
                    d.out.push(c);
                    at += 1;
                }
                _ => at = d.replace(at, at + 1, REASON)?,
            }
        }
        return Ok(d.finish());
    }
    while at < d.input.len() {
        let found = look_up(ts, mapping, d.input[at] as i64)?;
        match found {
            None => at = d.replace(at, at + 1, REASON)?,
            Some(v) => {
                if int::view(&v).is_some() {
                    match int::to_i64(&v) {
                        Some(0xfffe) => {
                            at = d.replace(at, at + 1, REASON)?;
                            continue;
                        }
                        Some(c @ 0..=0x10ffff) => d.out.push(c as u32),
                        _ => return Err(ts.type_error("character mapping must be in range(0x110000)")),
                    }
                } else if let Some(s) = v.as_str() {
                    if s.single() == Some(0xfffe) {
                        at = d.replace(at, at + 1, REASON)?;
                        continue;
                    }
                    d.out.push_text(s);
                } else {
                    return Err(ts.type_error("character mapping must return integer, None or str"));
                }
                at += 1;
            }
        }
    }
    Ok(d.finish())
}

/// Appends the bytes of a character; false when there are none.
fn put(ts: &ThreadState, mapping: &Value, c: u32, out: &mut Vec<u8>) -> Result<bool> {
    if let Some(map) = mapping.downcast::<EncodingMap>() {
        return Ok(match map.byte(c) {
            Some(b) => {
                out.push(b);
                true
            }
            None => false,
        });
    }
    let Some(v) = look_up(ts, mapping, c as i64)? else { return Ok(false) };
    if int::view(&v).is_some() {
        match int::to_i64(&v).and_then(|i| u8::try_from(i).ok()) {
            Some(b) => out.push(b),
            None => return Err(ts.type_error("character mapping must be in range(256)")),
        }
    } else if let Some(b) = v.downcast::<Bytes>() {
        out.extend_from_slice(b);
    } else {
        let message = format!("character mapping must return integer, bytes or None, not {}", v.type_name(ts));
        return Err(ts.type_error(message));
    }
    Ok(true)
}

pub fn encode(ts: &ThreadState, s: &Str, errors: &str, mapping: Option<&Value>) -> Result<Vec<u8>> {
    let Some(mapping) = mapping.filter(|m| !m.is_none()) else { return single::encode(ts, s, errors, 256) };
    let mut e = Encoder::new(ts, "charmap", s, errors);
    let text = s.bytes();
    let mut at = 0;
    let map = mapping.downcast::<EncodingMap>();
    if map.is_some() {
        e.out.reserve(s.len());
    }
    while at < text.len() {
        let (c, w) = crate::unicode::wtf8::decode_at(text, at);
        if let Some(b) = map.and_then(|m| m.byte(c)) {
            e.out.push(b);
            at += w;
            continue;
        }
        if put(ts, mapping, c, &mut e.out)? {
            at += w;
            continue;
        }
        let start = at;
        at += w;
        let mut ignored = Vec::new();
        while at < text.len() {
            let (c, w) = crate::unicode::wtf8::decode_at(text, at);
            if put(ts, mapping, c, &mut ignored)? {
                break;
            }
            at += w;
        }
        let (replacement, resume) = e.replace(start, at, REASON)?;
        match replacement {
            Replacement::Bytes(b) => e.out.extend_from_slice(&b),
            Replacement::Text(t) => {
                for c in t.code_points() {
                    let mut piece = Vec::new();
                    if !put(ts, mapping, c, &mut piece)? {
                        e.policy = Policy::Strict;
                        return Err(e.fail(start, at, REASON));
                    }
                    e.out.extend_from_slice(&piece);
                }
            }
        }
        at = resume;
    }
    Ok(e.out)
}
