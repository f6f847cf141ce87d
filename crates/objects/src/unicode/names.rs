//! The names of characters.

/// The character's name; control characters have none.
pub fn name(cp: u32) -> Option<String> {
    Some(unicode_names2::name(char::from_u32(cp)?)?.to_string())
}

/// The character with a name or an alias, in any case.
pub fn lookup(text: &str) -> Option<u32> {
    let c = u32::from(unicode_names2::character(text)?);
    // Names with a number in them have one spelling.
    let derived = ["CJK UNIFIED IDEOGRAPH-", "HANGUL SYLLABLE "];
    let upper = text.to_ascii_uppercase();
    if derived.iter().any(|d| upper.starts_with(d)) && name(c)? != upper { None } else { Some(c) }
}

/// The character of which this is the name itself, in any case.
pub fn lookup_name(text: &str) -> Option<u32> {
    lookup(text).filter(|&c| name(c).is_some_and(|n| n.eq_ignore_ascii_case(text)))
}
