//! The names of characters.

/// The character's name; control characters have none.
pub fn name(cp: u32) -> Option<String> {
    Some(unicode_names2::name(char::from_u32(cp)?)?.to_string())
}

/// The character with a name or an alias, in any case.
pub fn lookup(name: &str) -> Option<u32> {
    unicode_names2::character(name).map(u32::from)
}
