//! The type codes of arrays: how an item lies in memory, and how it becomes an object and back.

use taipan_objects::str::Str;
use taipan_objects::{Result, ThreadState, Value, float, int, protocol};

pub const LETTERS: &str = "bBuwhHiIlLqQfd";

/// What an item is, whatever its letter.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Kind {
    Signed(usize),
    Unsigned(usize),
    Float(usize),
    Text,
}

pub struct Code {
    pub letter: char,
    pub size: usize,
    pub kind: Kind,
    /// From the machine form, in the first `size` bytes.
    pub load: fn(&ThreadState, &[u8; 8]) -> Value,
    pub store: fn(&ThreadState, &Value) -> Result<[u8; 8]>,
}

impl Code {
    pub fn find(letter: char) -> Option<&'static Code> {
        CODES.iter().find(|c| c.letter == letter)
    }
    pub fn is_text(&self) -> bool {
        self.kind == Kind::Text
    }
    /// As the buffer protocol tells it: both kinds of text are 32 bits wide.
    pub fn buffer_format(&self) -> String {
        if self.is_text() { "w".into() } else { self.letter.to_string() }
    }
    /// The machine format's number in pickles.
    pub fn format(&self) -> i32 {
        let order = i32::from(cfg!(target_endian = "big"));
        order
            + match self.kind {
                Kind::Unsigned(1) => return 0,
                Kind::Signed(1) => return 1,
                Kind::Unsigned(2) => 2,
                Kind::Signed(2) => 4,
                Kind::Unsigned(4) => 6,
                Kind::Signed(4) => 8,
                Kind::Unsigned(_) => 10,
                Kind::Signed(_) => 12,
                Kind::Float(4) => 14,
                Kind::Float(_) => 16,
                Kind::Text => 20,
            }
    }
}

/// An item's form in a pickle from another machine.
pub struct MachineFormat {
    pub size: usize,
    kind: Kind,
    big_endian: bool,
}

impl MachineFormat {
    pub fn of(code: i32) -> Option<MachineFormat> {
        let (kind, size) = match code {
            0 => (Kind::Unsigned(1), 1),
            1 => (Kind::Signed(1), 1),
            2 | 3 => (Kind::Unsigned(2), 2),
            4 | 5 => (Kind::Signed(2), 2),
            6 | 7 => (Kind::Unsigned(4), 4),
            8 | 9 => (Kind::Signed(4), 4),
            10 | 11 => (Kind::Unsigned(8), 8),
            12 | 13 => (Kind::Signed(8), 8),
            14 | 15 => (Kind::Float(4), 4),
            16 | 17 => (Kind::Float(8), 8),
            18 | 19 => (Kind::Text, 2),
            20 | 21 => (Kind::Text, 4),
            _ => return None,
        };
        Some(MachineFormat { size, kind, big_endian: code > 1 && code % 2 == 1 })
    }
    /// Text of 16-bit units, pairs of surrogates joined.
    pub fn decode_utf16(&self, bytes: &[u8]) -> Option<Vec<u32>> {
        if self.kind != Kind::Text || self.size != 2 {
            return None;
        }
        let unit = |c: &[u8]| if self.big_endian { u16::from_be_bytes([c[0], c[1]]) } else { u16::from_le_bytes([c[0], c[1]]) };
        let units = bytes.chunks_exact(2).map(unit);
        Some(char::decode_utf16(units).map(|c| c.map_or_else(|e| e.unpaired_surrogate().into(), u32::from)).collect())
    }
    /// The object that an item of `size` bytes stands for.
    pub fn decode(&self, ts: &ThreadState, item: &[u8]) -> Result<Value> {
        let mut bits = [0; 8];
        bits[..self.size].copy_from_slice(item);
        if self.big_endian {
            bits[..self.size].reverse();
        }
        let raw = u64::from_le_bytes(bits);
        let shift = 64 - 8 * self.size as u32;
        Ok(match self.kind {
            Kind::Unsigned(_) => int::from_u64(ts, raw),
            Kind::Signed(_) => int::from_i64(ts, (raw << shift) as i64 >> shift),
            Kind::Float(4) => float::new(ts, f32::from_bits(raw as u32).into()),
            Kind::Float(_) => float::new(ts, f64::from_bits(raw)),
            Kind::Text => text(ts, raw as u32),
        })
    }
}

fn text(ts: &ThreadState, c: u32) -> Value {
    // An array may hold anything; what is no code point shows as U+FFFD.
    Str::from_code_point(ts, if c > 0x10ffff { 0xfffd } else { c }).into_value()
}

/// An argument converted as C's `long`.
fn long(ts: &ThreadState, v: &Value) -> Result<i64> {
    let i = protocol::index(ts, v)?;
    int::to_i64(&i).ok_or_else(|| ts.overflow_error("Python int too large to convert to C long"))
}

fn narrow(ts: &ThreadState, v: &Value, low: i64, high: i64, what: &str) -> Result<i64> {
    let i = long(ts, v)?;
    if i < low {
        return Err(ts.overflow_error(format!("{what} is less than minimum")));
    }
    if i > high {
        return Err(ts.overflow_error(format!("{what} is greater than maximum")));
    }
    Ok(i)
}

fn padded<const N: usize>(bytes: [u8; N]) -> [u8; 8] {
    let mut all = [0; 8];
    all[..N].copy_from_slice(&bytes);
    all
}

fn head<const N: usize>(b: &[u8; 8]) -> [u8; N] {
    let mut some = [0; N];
    some.copy_from_slice(&b[..N]);
    some
}

fn unsigned(ts: &ThreadState, v: &Value) -> Result<u64> {
    let i = protocol::index(ts, v)?;
    if int::is_negative(&i) {
        return Err(ts.overflow_error("can't convert negative value to unsigned int"));
    }
    int::view(&i).and_then(|i| i.to_u64()).ok_or_else(|| ts.overflow_error("Python int too large to convert to C unsigned long"))
}

fn character(ts: &ThreadState, v: &Value) -> Result<[u8; 8]> {
    let Some(s) = v.downcast::<Str>() else {
        return Err(ts.type_error(format!("array item must be a unicode character, not {}", v.type_name(ts))));
    };
    match s.single() {
        Some(c) => Ok(padded(c.to_ne_bytes())),
        None => Err(ts.type_error(format!("array item must be a unicode character, not a string of length {}", s.len()))),
    }
}

static CODES: &[Code] = &[
    Code {
        letter: 'b',
        size: 1,
        kind: Kind::Signed(1),
        load: |ts, b| int::from_i64(ts, (b[0] as i8).into()),
        store: |ts, v| {
            let i = narrow(ts, v, i16::MIN.into(), i16::MAX.into(), "signed short integer")?;
            if i < i8::MIN.into() {
                return Err(ts.overflow_error("signed char is less than minimum"));
            }
            if i > i8::MAX.into() {
                return Err(ts.overflow_error("signed char is greater than maximum"));
            }
            Ok(padded([i as u8]))
        },
    },
    Code {
        letter: 'B',
        size: 1,
        kind: Kind::Unsigned(1),
        load: |ts, b| int::from_i64(ts, b[0].into()),
        store: |ts, v| Ok(padded([narrow(ts, v, 0, 255, "unsigned byte integer")? as u8])),
    },
    Code { letter: 'u', size: 4, kind: Kind::Text, load: |ts, b| text(ts, u32::from_ne_bytes(head(b))), store: character },
    Code { letter: 'w', size: 4, kind: Kind::Text, load: |ts, b| text(ts, u32::from_ne_bytes(head(b))), store: character },
    Code {
        letter: 'h',
        size: 2,
        kind: Kind::Signed(2),
        load: |ts, b| int::from_i64(ts, i16::from_ne_bytes(head(b)).into()),
        store: |ts, v| Ok(padded((narrow(ts, v, i16::MIN.into(), i16::MAX.into(), "signed short integer")? as i16).to_ne_bytes())),
    },
    Code {
        letter: 'H',
        size: 2,
        kind: Kind::Unsigned(2),
        load: |ts, b| int::from_i64(ts, u16::from_ne_bytes(head(b)).into()),
        store: |ts, v| {
            let i = narrow(ts, v, i32::MIN.into(), i32::MAX.into(), "signed integer")?;
            if i < 0 {
                return Err(ts.overflow_error("unsigned short is less than minimum"));
            }
            if i > u16::MAX.into() {
                return Err(ts.overflow_error("unsigned short is greater than maximum"));
            }
            Ok(padded((i as u16).to_ne_bytes()))
        },
    },
    Code {
        letter: 'i',
        size: 4,
        kind: Kind::Signed(4),
        load: |ts, b| int::from_i64(ts, i32::from_ne_bytes(head(b)).into()),
        store: |ts, v| Ok(padded((narrow(ts, v, i32::MIN.into(), i32::MAX.into(), "signed integer")? as i32).to_ne_bytes())),
    },
    Code {
        letter: 'I',
        size: 4,
        kind: Kind::Unsigned(4),
        load: |ts, b| int::from_i64(ts, u32::from_ne_bytes(head(b)).into()),
        store: |ts, v| match u32::try_from(unsigned(ts, v)?) {
            Ok(i) => Ok(padded(i.to_ne_bytes())),
            Err(_) => Err(ts.overflow_error("unsigned int is greater than maximum")),
        },
    },
    Code {
        letter: 'l',
        size: 8,
        kind: Kind::Signed(8),
        load: |ts, b| int::from_i64(ts, i64::from_ne_bytes(*b)),
        store: |ts, v| Ok(long(ts, v)?.to_ne_bytes()),
    },
    Code {
        letter: 'L',
        size: 8,
        kind: Kind::Unsigned(8),
        load: |ts, b| int::from_u64(ts, u64::from_ne_bytes(*b)),
        store: |ts, v| Ok(unsigned(ts, v)?.to_ne_bytes()),
    },
    Code {
        letter: 'q',
        size: 8,
        kind: Kind::Signed(8),
        load: |ts, b| int::from_i64(ts, i64::from_ne_bytes(*b)),
        store: |ts, v| {
            let i = protocol::index(ts, v)?;
            int::to_i64(&i).map(i64::to_ne_bytes).ok_or_else(|| ts.overflow_error("int too big to convert"))
        },
    },
    Code {
        letter: 'Q',
        size: 8,
        kind: Kind::Unsigned(8),
        load: |ts, b| int::from_u64(ts, u64::from_ne_bytes(*b)),
        store: |ts, v| {
            let i = protocol::index(ts, v)?;
            if int::is_negative(&i) {
                return Err(ts.overflow_error("can't convert negative int to unsigned"));
            }
            let i = int::view(&i).and_then(|i| i.to_u64());
            i.map(u64::to_ne_bytes).ok_or_else(|| ts.overflow_error("int too big to convert"))
        },
    },
    Code {
        letter: 'f',
        size: 4,
        kind: Kind::Float(4),
        load: |ts, b| float::new(ts, f32::from_ne_bytes(head(b)).into()),
        store: |ts, v| Ok(padded((protocol::as_f64(ts, v)? as f32).to_ne_bytes())),
    },
    Code {
        letter: 'd',
        size: 8,
        kind: Kind::Float(8),
        load: |ts, b| float::new(ts, f64::from_ne_bytes(*b)),
        store: |ts, v| Ok(protocol::as_f64(ts, v)?.to_ne_bytes()),
    },
];
