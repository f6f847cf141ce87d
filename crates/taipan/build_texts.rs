//! Passages of the library's modules that read otherwise in Taipan: modules written in Python that take the place of
//! native ones raise with the native ones' texts.

/// Module, passage, what it becomes.
pub const REPLACED: &[(&str, &str, &str)] = &[
    ("_pydecimal", "raise TypeError(\"Cannot convert %r to Decimal\" % value)", "raise TypeError(\"conversion from %s to Decimal is not supported\" % type(value).__name__)"),
    ("_pydecimal", "raise TypeError(\"argument must be int or float.\")", "raise TypeError(\"argument must be int or float\")"),
    ("_pydecimal", "raise TypeError('Cannot hash a signaling NaN value.')", "raise TypeError('Cannot hash a signaling NaN value')"),
    ("_pydecimal", "raise ValueError(\"Cannot convert NaN to integer\")", "raise ValueError(\"cannot convert NaN to integer\")"),
    ("_pydecimal", "raise OverflowError(\"Cannot convert infinity to integer\")", "raise OverflowError(\"cannot convert Infinity to integer\")"),
    ("_pydecimal", "raise ValueError(\"Cannot convert signaling NaN to float\")", "raise ValueError(\"cannot convert signaling NaN to float\")"),
    (
        "_pydecimal",
        "raise ValueError('Invalid tuple size in creation of Decimal '\n                                 'from list or tuple.  The list or tuple '\n                                 'should have exactly three elements.')",
        "raise ValueError('argument must be a sequence of length 3')\n\n",
    ),
    (
        "_pydecimal",
        "raise ValueError(\"Invalid sign.  The first value in the tuple \"\n                                 \"should be an integer; either 0 for a \"\n                                 \"positive number or 1 for a negative number.\")",
        "raise ValueError('sign must be an integer with the value 0 or 1')\n\n",
    ),
    (
        "_pydecimal",
        "raise ValueError(\"The second value in the tuple must \"\n                                         \"be composed of integers in the range \"\n                                         \"0 through 9.\")",
        "raise ValueError('coefficient must be a tuple of digits')\n\n",
    ),
    (
        "_pydecimal",
        "raise ValueError(\"The third value in the tuple must \"\n                                     \"be an integer, or one of the \"\n                                     \"strings 'F', 'n', 'N'.\")",
        "raise ValueError(\"string argument in the third position must be 'F', 'n' or 'N'\"\n                                 if isinstance(value[2], str) else 'exponent must be an integer')\n",
    ),
    ("_pydecimal", "raise TypeError(f\"'{key}' is an invalid keyword argument for this function\")", "raise TypeError(f\"this function got an unexpected keyword argument '{key}'\")"),
    ("_pydecimal", "    if context in (DefaultContext,", "    if not isinstance(context, Context): raise TypeError(\"argument must be a context\")\n    if context in (DefaultContext,"),
    ("_pydecimal", "raise ValueError(\"Invalid format specifier: \" + format_spec)", "raise ValueError(\"invalid format string\")"),
    ("_pydecimal", "raise TypeError(\"%s must be an integer\" % name)", "raise TypeError(\"an integer is required\")"),
    ("_pydecimal", "raise ValueError(\"%s must be in [%s, %d]. got: %s\" % (name, vmin, vmax, value))", "raise ValueError(\"valid range for %s is [MIN_EMIN, 0]\" % name)"),
    (
        "_pydecimal",
        "raise ValueError(\"%s must be in [%d, %s]. got: %s\" % (name, vmin, vmax, value))",
        "raise ValueError(\"valid range for %s is [%d, MAX_%s]\" % (name, vmin, name.upper()))",
    ),
    (
        "_pydecimal",
        "raise ValueError(\"%s must be in [%d, %d]. got %s\" % (name, vmin, vmax, value))",
        "raise ValueError(\"valid values for %s are [%d, %d]\" % (name, vmin, vmax)\n                                 if name == 'clamp' else \"valid values for %s are %d or %d\" % (name, vmin, vmax))",
    ),
    (
        "_pydecimal",
        "raise TypeError(\"%s: invalid rounding mode\" % value)",
        "raise TypeError(_taipan_rounding_text)",
    ),
    ("_pydecimal", "        this_function = self._pick_rounding_function[rounding]", "        this_function = self._pick_rounding_function.get(rounding) or _taipan_no_rounding()"),
    ("_pydecimal", "self.flags[error] = 1", "self.flags[error] = True"),
    (
        "_pydecimal",
        "        if rounding is None:\n            rounding = context.rounding\n        if self._is_special:\n            ans = self._check_nans(context=context)\n            if ans:\n                return ans\n            return Decimal(self)\n        if self._exp >= 0:",
        "        if rounding is None:\n            rounding = context.rounding\n        elif rounding not in _rounding_modes: _taipan_no_rounding()\n        if self._is_special:\n            ans = self._check_nans(context=context)\n            if ans:\n                return ans\n            return Decimal(self)\n        if self._exp >= 0:",
    ),
    ("asyncio.futures", "raise exceptions.InvalidStateError(f'{self._state}: {self!r}')", "raise exceptions.InvalidStateError('invalid state')"),
    ("xml.etree.ElementTree", "raise TypeError('expected an Element, not %s' % type(e).__name__)", "raise TypeError('append() argument 1 must be xml.etree.ElementTree.Element, not %s' % type(e).__name__)"),
    ("xml.etree.ElementTree", "        return self._children[index]", "        try: return self._children[index]\n        except IndexError as e: e.args = \"child index out of range\",; raise"),
    ("xml.etree.ElementTree", "        return self.attrib.keys()", "        return list(self.attrib)"),
    ("xml.etree.ElementTree", "        return self.attrib.items()", "        return list(self.attrib.items())"),
    (
        "xml.etree.ElementTree",
        "    attrib = {**attrib, **extra}\n    element = parent.makeelement(tag, attrib)",
        "    if not isinstance(parent, Element): raise TypeError(f\"SubElement() argument 1 must be xml.etree.ElementTree.Element, not {type(parent).__name__}\")\n    element = parent.makeelement(tag, {**attrib, **extra})",
    ),
];

/// The text of a module as Taipan has it. Passages that are not there any more are told.
pub fn replaced(module: &str, text: Vec<u8>) -> Vec<u8> {
    if !REPLACED.iter().any(|r| r.0 == module) {
        return text;
    }
    let mut text = String::from_utf8_lossy(&text).into_owned();
    for (_, from, to) in REPLACED.iter().filter(|r| r.0 == module) {
        if !text.contains(from) {
            println!("cargo::warning={module} has no passage {from:?}");
        }
        text = text.replace(from, to);
    }
    text.into_bytes()
}
