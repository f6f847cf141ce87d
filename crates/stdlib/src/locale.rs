//! `_locale`: the locales "C" and "C.UTF-8". Others are unknown here, as on a system that has none installed.

use std::cell::{OnceCell, RefCell};
use taipan_macros::functions;
use taipan_objects::dict::Dict;
use taipan_objects::exceptions;
use taipan_objects::heap::Ref;
use taipan_objects::list::List;
use taipan_objects::native::ModuleDef;
use taipan_objects::str::Str;
use taipan_objects::typeobject::Type;
use taipan_objects::{Raised, Result, ThreadState, Value, int};

/// The categories in the order in which glibc numbers and names them; 6 means all.
const CATEGORIES: [&str; 12] = [
    "LC_CTYPE",
    "LC_NUMERIC",
    "LC_TIME",
    "LC_COLLATE",
    "LC_MONETARY",
    "LC_MESSAGES",
    "LC_PAPER",
    "LC_NAME",
    "LC_ADDRESS",
    "LC_TELEPHONE",
    "LC_MEASUREMENT",
    "LC_IDENTIFICATION",
];
const LC_ALL: i32 = 6;

struct State {
    error: OnceCell<Ref<Type>>,
    names: RefCell<[&'static str; 12]>,
    domain: RefCell<String>,
}

impl Default for State {
    fn default() -> State {
        // As CPython starts: text in UTF-8, everything else as in C.
        let mut names = ["C"; 12];
        names[0] = "C.UTF-8";
        State { error: OnceCell::new(), names: RefCell::new(names), domain: RefCell::new("messages".into()) }
    }
}

fn state(ts: &ThreadState) -> &State {
    ts.interp().extension::<State>()
}

fn error_type(ts: &ThreadState) -> Result<Ref<Type>> {
    let cell = &state(ts).error;
    if let Some(t) = cell.get() {
        return Ok(t.clone());
    }
    let t = exceptions::create(ts, "locale.Error", &ts.exceptions().exception, "")?;
    Ok(cell.get_or_init(|| t).clone())
}

fn error(ts: &ThreadState, message: &str) -> Raised {
    match error_type(ts) {
        Ok(t) => ts.raise_message(&t, message),
        Err(e) => e,
    }
}

/// The locale that a name means.
fn known(name: &str) -> Option<&'static str> {
    match name {
        "C" | "POSIX" => Some("C"),
        _ => {
            let (language, encoding) = name.split_once('.')?;
            let utf8 = encoding.eq_ignore_ascii_case("utf-8") || encoding.eq_ignore_ascii_case("utf8");
            if language == "C" && utf8 { Some("C.UTF-8") } else { None }
        }
    }
}

/// What the environment chooses for a category.
fn from_environment(category: &str) -> Option<&'static str> {
    let chosen = ["LC_ALL", category, "LANG"].into_iter().find_map(|v| std::env::var(v).ok().filter(|s| !s.is_empty()));
    match chosen {
        Some(name) => known(&name),
        None => Some("C"),
    }
}

fn describe(names: &[&'static str; 12]) -> String {
    if names.iter().all(|n| *n == names[0]) {
        return names[0].to_string();
    }
    CATEGORIES.iter().zip(names).map(|(c, n)| format!("{c}={n}")).collect::<Vec<_>>().join(";")
}

/// What `nl_langinfo` says of "C", by glibc's numbers.
fn information(key: i32) -> Option<&'static str> {
    const DAYS: [&str; 7] = ["Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"];
    const MONTHS: [&str; 12] = [
        "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
        "December",
    ];
    let i = (key & 0xffff) as usize;
    Some(match key {
        131072..=131078 => &DAYS[i][..3],
        131079..=131085 => DAYS[i - 7],
        131086..=131097 => &MONTHS[i - 14][..3],
        131098..=131109 => MONTHS[i - 26],
        131110 => "AM",
        131111 => "PM",
        131112 => "%a %b %e %H:%M:%S %Y",
        131113 => "%m/%d/%y",
        131114 => "%H:%M:%S",
        131115 => "%I:%M:%S %p",
        131116 | 131118 | 131119 | 131120 | 131121 => "",
        131180 => "%a %b %e %H:%M:%S %Z %Y",
        262159 => "-",
        327680 => "^[yY]",
        327681 => "^[nN]",
        65536 => ".",
        65537 => "",
        _ => return None,
    })
}

#[functions(module = "_locale")]
pub mod functions {
    use super::*;

    /// Activates/queries locale processing.
    #[function("setlocale(category, locale=None, /)")]
    fn setlocale(ts: &ThreadState, category: i32, locale: Option<&str>) -> Result<String> {
        let mut names = state(ts).names.borrow_mut();
        if !(0..12).contains(&category) {
            let message = if locale.is_some() { "unsupported locale setting" } else { "locale query failed" };
            drop(names);
            return Err(error(ts, message));
        }
        let mut new = *names;
        let place = category as usize;
        let found = match locale {
            None => Some(()),
            Some(text) if category == LC_ALL && text.contains(';') => text.split(';').try_for_each(|part| {
                let (c, n) = part.split_once('=')?;
                let i = CATEGORIES.iter().position(|x| *x == c)?;
                new[i] = known(n)?;
                Some(())
            }),
            Some("") => (0..12).filter(|i| category == LC_ALL || *i == place).try_for_each(|i| {
                new[i] = from_environment(CATEGORIES[i])?;
                Some(())
            }),
            Some(name) => known(name).map(|n| {
                if category == LC_ALL {
                    new = [n; 12];
                } else {
                    new[place] = n;
                }
            }),
        };
        if found.is_none() {
            drop(names);
            return Err(error(ts, "unsupported locale setting"));
        }
        *names = new;
        Ok(if category == LC_ALL { describe(&new) } else { new[place].to_string() })
    }
    /// Returns numeric and monetary locale-specific parameters.
    #[function("localeconv()")]
    fn localeconv(ts: &ThreadState) -> Ref<Dict> {
        let d = Dict::new(ts);
        let text = |name: &str, v: &str| d.set_name(ts, name, Str::new(ts, v).into_value());
        let none = |name: &str| d.set_name(ts, name, int::from_i64(ts, 127));
        for name in ["int_curr_symbol", "currency_symbol", "mon_decimal_point", "mon_thousands_sep"] {
            text(name, "");
        }
        d.set_name(ts, "mon_grouping", List::new(ts, Vec::new()).into_value());
        text("positive_sign", "");
        text("negative_sign", "");
        for name in [
            "int_frac_digits", "frac_digits", "p_cs_precedes", "p_sep_by_space", "n_cs_precedes", "n_sep_by_space",
            "p_sign_posn", "n_sign_posn",
        ] {
            none(name);
        }
        text("decimal_point", ".");
        text("thousands_sep", "");
        d.set_name(ts, "grouping", List::new(ts, Vec::new()).into_value());
        d
    }
    /// Return the value for the locale information associated with key.
    #[function("nl_langinfo(key, /)")]
    fn nl_langinfo(ts: &ThreadState, key: i32) -> Result<&'static str> {
        if key == 14 {
            let utf8 = state(ts).names.borrow()[0] == "C.UTF-8";
            return Ok(if utf8 { "UTF-8" } else { "ANSI_X3.4-1968" });
        }
        information(key).ok_or_else(|| ts.value_error("unsupported langinfo constant"))
    }
    /// Get the current locale encoding.
    #[function("getencoding()")]
    fn getencoding(ts: &ThreadState) -> &'static str {
        if state(ts).names.borrow()[0] == "C.UTF-8" { "UTF-8" } else { "ANSI_X3.4-1968" }
    }
    /// Compares two strings according to the locale.
    #[function("strcoll(os1, os2, /)")]
    fn strcoll(ts: &ThreadState, os1: &Str, os2: &Str) -> Result<i32> {
        if [os1, os2].iter().any(|s| memchr::memchr(0, s.bytes()).is_some()) {
            return Err(ts.value_error("embedded null character"));
        }
        Ok(os1.bytes().cmp(os2.bytes()) as i32)
    }
    /// Return a string that can be used as a key for locale-aware comparisons.
    #[function("strxfrm(string, /)")]
    fn strxfrm(ts: &ThreadState, string: &Str) -> Result<Ref<Str>> {
        if memchr::memchr(0, string.bytes()).is_some() {
            return Err(ts.value_error("embedded null character"));
        }
        Ok(string.plain(ts))
    }
    /// Return translation of msg.
    #[function("gettext(msg, /)")]
    fn gettext(msg: &str) -> String {
        msg.to_string()
    }
    /// Return translation of msg in domain.
    #[function("dgettext(domain, msg, /)")]
    fn dgettext(domain: &Value, msg: &str) -> String {
        let _ = domain;
        msg.to_string()
    }
    /// Return translation of msg in domain and category.
    #[function("dcgettext(domain, msg, category, /)")]
    fn dcgettext(domain: &Value, msg: &str, category: i32) -> String {
        let _ = (domain, category);
        msg.to_string()
    }
    /// Set the C library's textdmain to domain, returning the new domain.
    #[function("textdomain(domain, /)")]
    fn textdomain(ts: &ThreadState, domain: &Value) -> String {
        let mut current = state(ts).domain.borrow_mut();
        if let Some(s) = domain.as_str() {
            *current = s.to_string_lossy().into_owned();
        }
        current.clone()
    }
    /// Bind the C library's domain to dir.
    #[function("bindtextdomain(domain, dir, /)")]
    fn bindtextdomain(ts: &ThreadState, domain: &str, dir: &Value) -> Result<String> {
        if domain.is_empty() {
            return Err(error(ts, "domain must be a non-empty string"));
        }
        Ok(dir.as_str().map_or_else(|| "/usr/share/locale".to_string(), |s| s.to_string_lossy().into_owned()))
    }
    /// Bind the C library's domain to codeset.
    #[function("bind_textdomain_codeset(domain, codeset, /)")]
    fn bind_textdomain_codeset(domain: &str, codeset: Value) -> Value {
        let _ = domain;
        codeset
    }
}

pub static MODULE: ModuleDef = ModuleDef {
    name: "_locale",
    doc: "Support for POSIX locales.",
    functions: &[functions::FUNCTIONS],
    init: Some(|ts, dict| {
        dict.set_name(ts, "Error", error_type(ts)?.into_value());
        let number = |name: &str, n: i64| dict.set_name(ts, name, int::from_i64(ts, n));
        for (i, name) in CATEGORIES.iter().take(6).enumerate() {
            number(name, i as i64);
        }
        number("LC_ALL", LC_ALL as i64);
        number("CHAR_MAX", 127);
        for i in 0..7 {
            number(&format!("ABDAY_{}", i + 1), 131072 + i);
            number(&format!("DAY_{}", i + 1), 131079 + i);
        }
        for i in 0..12 {
            number(&format!("ABMON_{}", i + 1), 131086 + i);
            number(&format!("MON_{}", i + 1), 131098 + i);
        }
        for (name, n) in [
            ("AM_STR", 131110),
            ("PM_STR", 131111),
            ("D_T_FMT", 131112),
            ("D_FMT", 131113),
            ("T_FMT", 131114),
            ("T_FMT_AMPM", 131115),
            ("ERA", 131116),
            ("ERA_D_FMT", 131118),
            ("ALT_DIGITS", 131119),
            ("ERA_D_T_FMT", 131120),
            ("ERA_T_FMT", 131121),
            ("_DATE_FMT", 131180),
            ("CODESET", 14),
            ("CRNCYSTR", 262159),
            ("YESEXPR", 327680),
            ("NOEXPR", 327681),
            ("RADIXCHAR", 65536),
            ("THOUSEP", 65537),
        ] {
            number(name, n);
        }
        Ok(())
    }),
};
