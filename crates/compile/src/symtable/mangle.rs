//! Private names in classes: `__x` in class `C` is `_C__x`.

use crate::ast::Name;

/// `name` as written inside class `private`.
pub fn mangle(private: Option<&Name>, name: &Name) -> Name {
    let Some(private) = private else { return name.clone() };
    if !name.starts_with("__") || name.ends_with("__") || name.contains('.') {
        return name.clone();
    }
    let class = private.trim_start_matches('_');
    if class.is_empty() {
        return name.clone();
    }
    format!("_{class}{name}").into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rules() {
        let m = |c: &str, n: &str| mangle(Some(&c.into()), &n.into()).to_string();
        assert_eq!(m("__C_", "__x"), "_C___x");
        assert_eq!(m("C", "__x__"), "__x__");
        assert_eq!(m("C", "_x"), "_x");
        assert_eq!(m("___", "__x"), "__x");
        assert_eq!(m("C", "__a.b"), "__a.b");
        assert_eq!(&*mangle(None, &"__x".into()), "__x");
    }
}
