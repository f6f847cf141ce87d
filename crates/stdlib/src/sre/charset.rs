//! Tests of one character: sets, categories, letters without regard to case.

use std::sync::LazyLock;
use taipan_objects::unicode;

/// How letters are made comparable.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Fold {
    Ascii,
    Unicode,
    Locale,
}

impl Fold {
    #[inline]
    pub fn lower(self, ch: u32) -> u32 {
        match self {
            Fold::Unicode => unicode_lower(ch),
            _ => ascii_lower(ch),
        }
    }
}

#[inline]
pub fn ascii_lower(ch: u32) -> u32 {
    if (b'A' as u32..=b'Z' as u32).contains(&ch) { ch + 32 } else { ch }
}

#[inline]
pub fn unicode_lower(ch: u32) -> u32 {
    if ch < 128 { ascii_lower(ch) } else { unicode::simple_lower(ch) }
}

pub fn ascii_upper(ch: u32) -> u32 {
    if (b'a' as u32..=b'z' as u32).contains(&ch) { ch - 32 } else { ch }
}

/// The first character of the upper case.
pub fn unicode_upper(ch: u32) -> u32 {
    if ch < 128 {
        return ascii_upper(ch);
    }
    match unicode::to_upper(ch) {
        unicode::Mapped::One(c) => c,
        unicode::Mapped::Several(all) => all[0],
    }
}

pub fn ascii_word(ch: u32) -> bool {
    ch < 128 && (ch as u8).is_ascii_alphanumeric() || ch == b'_' as u32
}

pub fn unicode_word(ch: u32) -> bool {
    if ch < 128 { ascii_word(ch) } else { unicode::is_alnum(ch) }
}

fn ascii_space(ch: u32) -> bool {
    matches!(ch, 9..=13 | 32)
}

/// CATEGORY_* by number; `None` for numbers that do not exist.
pub fn category(kind: u32, ch: u32) -> Option<bool> {
    Some(match kind {
        0 => ch < 128 && (ch as u8).is_ascii_digit(),
        2 => ascii_space(ch),
        4 | 8 => ascii_word(ch),
        6 => ch == 10,
        // The first digits beyond ASCII are the Arabic ones.
        10 => if ch < 0x660 { (48..=57).contains(&ch) } else { unicode::decimal(ch).is_some() },
        12 => if ch < 128 { ascii_space(ch) || (28..=31).contains(&ch) } else { unicode::is_space(ch) },
        14 => unicode_word(ch),
        16 => unicode::is_line_break(ch),
        1 | 3 | 5 | 7 | 9 | 11 | 13 | 15 | 17 => return category(kind - 1, ch).map(|b| !b),
        _ => return None,
    })
}

enum Item {
    Range(u32, u32),
    /// Letters of which the upper case lies in the range count too.
    RangeIgnore(u32, u32),
    Category(u32),
    Chars(Box<[u64; 4]>),
    Chunks(Box<[u8; 256]>, Vec<[u32; 8]>),
}

impl Item {
    fn has(&self, ch: u32) -> bool {
        match self {
            Item::Range(a, b) => (*a..=*b).contains(&ch),
            Item::RangeIgnore(a, b) => (*a..=*b).contains(&ch) || (*a..=*b).contains(&unicode_upper(ch)),
            Item::Category(k) => category(*k, ch) == Some(true),
            Item::Chars(map) => ch < 256 && map[ch as usize / 64] >> (ch % 64) & 1 == 1,
            Item::Chunks(index, chunks) => {
                let Some(&i) = index.get(ch as usize >> 8) else { return false };
                let at = ch & 255;
                chunks.get(i as usize).is_some_and(|c| c[at as usize / 32] >> (at % 32) & 1 == 1)
            }
        }
    }
}

/// What a set has beyond the table for characters below 256, apart from its being negated.
enum High {
    Nothing,
    Range(u32, u32),
    Items,
}

/// A set of characters. What lies below 256 is answered by a table.
pub struct Set {
    low: [u64; 4],
    high: High,
    items: Vec<Item>,
    negate: bool,
}

/// The characters below 256 of each category.
static CATEGORIES: LazyLock<[[u64; 4]; 18]> = LazyLock::new(|| {
    std::array::from_fn(|kind| {
        let mut low = [0; 4];
        (0..256).filter(|ch| category(kind as u32, *ch) == Some(true)).for_each(|ch| low[ch as usize / 64] |= 1 << (ch % 64));
        low
    })
});

impl Set {
    /// A category by itself.
    pub fn of_category(kind: u32) -> Set {
        let mut set = Set { low: [0; 4], high: High::Items, items: vec![Item::Category(kind)], negate: false };
        set.fill_low();
        set
    }
    /// Fills the table and finds out about the rest.
    fn fill_low(&mut self) {
        let mut low = [0u64; 4];
        let mut put = |ch: u32| low[ch as usize / 64] |= 1 << (ch % 64);
        self.high = High::Nothing;
        for item in &self.items {
            match item {
                Item::Range(a, b) => (*a..=(*b).min(255)).for_each(&mut put),
                Item::Chars(map) => (0..256).filter(|ch| map[*ch as usize / 64] >> (ch % 64) & 1 == 1).for_each(&mut put),
                Item::Category(k) if let Some(known) = CATEGORIES.get(*k as usize) => {
                    (0..256).filter(|ch| known[*ch as usize / 64] >> (ch % 64) & 1 == 1).for_each(&mut put)
                }
                item => (0..256).filter(|ch| item.has(*ch)).for_each(&mut put),
            }
            self.high = match (&self.high, item) {
                (High::Nothing, Item::Range(a, b)) if *b > 255 => High::Range(*a, *b),
                (High::Nothing | High::Range(..), Item::Range(_, 0..=255) | Item::Chars(_)) => continue,
                _ => High::Items,
            };
        }
        self.low = if self.negate { low.map(|w| !w) } else { low };
    }
    /// Reads a set's code up to its FAILURE; gives the set and the words taken.
    pub fn parse(code: &[u32]) -> Option<(Set, usize)> {
        let mut set = Set { low: [0; 4], high: High::Items, items: vec![], negate: false };
        let mut i = 0;
        loop {
            match *code.get(i)? {
                0 => break,
                21 => {
                    set.negate = !set.negate;
                    i += 1;
                }
                16 => {
                    let c = *code.get(i + 1)?;
                    set.items.push(Item::Range(c, c));
                    i += 2;
                }
                op @ (22 | 42) => {
                    let (a, b) = (*code.get(i + 1)?, *code.get(i + 2)?);
                    set.items.push(if op == 22 { Item::Range(a, b) } else { Item::RangeIgnore(a, b) });
                    i += 3;
                }
                8 => {
                    let kind = *code.get(i + 1)?;
                    category(kind, 0)?;
                    set.items.push(Item::Category(kind));
                    i += 2;
                }
                9 => {
                    let words = code.get(i + 1..i + 9)?;
                    let mut map = [0u64; 4];
                    for (k, w) in words.iter().enumerate() {
                        map[k / 2] |= (*w as u64) << (32 * (k % 2));
                    }
                    set.items.push(Item::Chars(Box::new(map)));
                    i += 9;
                }
                10 => {
                    let count = *code.get(i + 1)? as usize;
                    let mut index = [0u8; 256];
                    for (k, w) in code.get(i + 2..i + 66)?.iter().enumerate() {
                        index[4 * k..4 * k + 4].copy_from_slice(&w.to_ne_bytes());
                    }
                    let words = code.get(i + 66..(i + 66).checked_add(count.checked_mul(8)?)?)?;
                    let chunks = words.chunks_exact(8).map(|c| c.try_into().unwrap_or([0; 8])).collect();
                    set.items.push(Item::Chunks(Box::new(index), chunks));
                    i += 66 + 8 * count;
                }
                _ => return None,
            }
        }
        set.fill_low();
        Some((set, i + 1))
    }
    #[inline]
    pub fn has(&self, ch: u32) -> bool {
        if ch < 256 {
            return self.low[ch as usize / 64] >> (ch % 64) & 1 == 1;
        }
        let listed = match self.high {
            High::Nothing => false,
            High::Range(a, b) => (a..=b).contains(&ch),
            High::Items => self.items.iter().any(|x| x.has(ch)),
        };
        listed != self.negate
    }
    /// Is either of two characters in what the set lists? Then negated as a whole.
    pub fn has_either(&self, a: u32, b: u32) -> bool {
        (self.has(a) != self.negate || self.has(b) != self.negate) != self.negate
    }
    #[inline]
    pub fn has_byte(&self, b: u8) -> bool {
        self.low[b as usize / 64] >> (b % 64) & 1 == 1
    }
}

/// A pattern for one character.
pub enum Single {
    Char(u32),
    NotChar(u32),
    CharIgnore(u32, Fold),
    NotCharIgnore(u32, Fold),
    Any,
    AnyAll,
    Set(Box<Set>),
    SetIgnore(Box<Set>, Fold),
}

impl Single {
    #[inline]
    pub fn test(&self, ch: u32) -> bool {
        match self {
            Single::Char(c) => ch == *c,
            Single::NotChar(c) => ch != *c,
            Single::CharIgnore(c, Fold::Locale) => ch == *c || ascii_lower(ch) == *c || ascii_upper(ch) == *c,
            Single::CharIgnore(c, f) => f.lower(ch) == *c,
            Single::NotCharIgnore(c, Fold::Locale) => ch != *c && ascii_lower(ch) != *c && ascii_upper(ch) != *c,
            Single::NotCharIgnore(c, f) => f.lower(ch) != *c,
            Single::Any => ch != 10,
            Single::AnyAll => true,
            Single::Set(s) => s.has(ch),
            Single::SetIgnore(s, Fold::Locale) => s.has_either(ascii_lower(ch), ascii_upper(ch)),
            Single::SetIgnore(s, f) => s.has(f.lower(ch)),
        }
    }
}
