"""A parser of XML with the interface of pyexpat.

It reads its input piece by piece and calls the handlers of each construct when that is complete.
"""

import codecs
import re
import sys
from types import ModuleType


version_info = (2, 7, 3)
EXPAT_VERSION = "expat_2.7.3"
native_encoding = "UTF-8"
features = [
    ("sizeof(XML_Char)", 1), ("sizeof(XML_LChar)", 1), ("XML_DTD", 0), ("XML_CONTEXT_BYTES", 1024), ("XML_NS", 0),
    ("XML_BLAP_MAX_AMP", 100), ("XML_BLAP_ACT_THRES", 8388608), ("XML_GE", 0),
]
XML_PARAM_ENTITY_PARSING_NEVER = 0
XML_PARAM_ENTITY_PARSING_UNLESS_STANDALONE = 1
XML_PARAM_ENTITY_PARSING_ALWAYS = 2


class ExpatError(Exception):
    pass


ExpatError.__module__ = "xml.parsers.expat"
error = ExpatError

_MESSAGES = {
    "XML_ERROR_NO_MEMORY": "out of memory", "XML_ERROR_SYNTAX": "syntax error", "XML_ERROR_NO_ELEMENTS": "no element found",
    "XML_ERROR_INVALID_TOKEN": "not well-formed (invalid token)", "XML_ERROR_UNCLOSED_TOKEN": "unclosed token",
    "XML_ERROR_PARTIAL_CHAR": "partial character", "XML_ERROR_TAG_MISMATCH": "mismatched tag",
    "XML_ERROR_DUPLICATE_ATTRIBUTE": "duplicate attribute", "XML_ERROR_JUNK_AFTER_DOC_ELEMENT": "junk after document element",
    "XML_ERROR_PARAM_ENTITY_REF": "illegal parameter entity reference", "XML_ERROR_UNDEFINED_ENTITY": "undefined entity",
    "XML_ERROR_RECURSIVE_ENTITY_REF": "recursive entity reference", "XML_ERROR_ASYNC_ENTITY": "asynchronous entity",
    "XML_ERROR_BAD_CHAR_REF": "reference to invalid character number", "XML_ERROR_BINARY_ENTITY_REF": "reference to binary entity",
    "XML_ERROR_ATTRIBUTE_EXTERNAL_ENTITY_REF": "reference to external entity in attribute",
    "XML_ERROR_MISPLACED_XML_PI": "XML or text declaration not at start of entity",
    "XML_ERROR_UNKNOWN_ENCODING": "unknown encoding", "XML_ERROR_INCORRECT_ENCODING": "encoding specified in XML declaration is incorrect",
    "XML_ERROR_UNCLOSED_CDATA_SECTION": "unclosed CDATA section",
    "XML_ERROR_EXTERNAL_ENTITY_HANDLING": "error in processing external entity reference",
    "XML_ERROR_NOT_STANDALONE": "document is not standalone", "XML_ERROR_UNEXPECTED_STATE": "unexpected parser state - please send a bug report",
    "XML_ERROR_ENTITY_DECLARED_IN_PE": "entity declared in parameter entity",
    "XML_ERROR_FEATURE_REQUIRES_XML_DTD": "requested feature requires XML_DTD support in Expat",
    "XML_ERROR_CANT_CHANGE_FEATURE_ONCE_PARSING": "cannot change setting once parsing has begun",
    "XML_ERROR_UNBOUND_PREFIX": "unbound prefix", "XML_ERROR_UNDECLARING_PREFIX": "must not undeclare prefix",
    "XML_ERROR_INCOMPLETE_PE": "incomplete markup in parameter entity", "XML_ERROR_XML_DECL": "XML declaration not well-formed",
    "XML_ERROR_TEXT_DECL": "text declaration not well-formed", "XML_ERROR_PUBLICID": "illegal character(s) in public id",
    "XML_ERROR_SUSPENDED": "parser suspended", "XML_ERROR_NOT_SUSPENDED": "parser not suspended",
    "XML_ERROR_ABORTED": "parsing aborted", "XML_ERROR_FINISHED": "parsing finished",
    "XML_ERROR_SUSPEND_PE": "cannot suspend in external parameter entity",
    "XML_ERROR_RESERVED_PREFIX_XML": "reserved prefix (xml) must not be undeclared or bound to another namespace name",
    "XML_ERROR_RESERVED_PREFIX_XMLNS": "reserved prefix (xmlns) must not be declared or undeclared",
    "XML_ERROR_RESERVED_NAMESPACE_URI": "prefix must not be bound to one of the reserved namespace names",
    "XML_ERROR_INVALID_ARGUMENT": "invalid argument", "XML_ERROR_NO_BUFFER": "a successful prior call to function XML_GetBuffer was required",
    "XML_ERROR_AMPLIFICATION_LIMIT_BREACH": "limit on input amplification factor (from DTD and entities) breached",
    "XML_ERROR_NOT_STARTED": "parser not started",
}
errors = ModuleType("pyexpat.errors", "Constants used to describe error conditions.")
errors.codes = {}
errors.messages = {}
for _code, (_name, _text) in enumerate(_MESSAGES.items(), 1):
    setattr(errors, _name, _text)
    errors.codes[_text] = _code
    errors.messages[_code] = _text
model = ModuleType("pyexpat.model", "Constants used to interpret content model information.")
for _code, _name in enumerate(("EMPTY", "ANY", "MIXED", "NAME", "CHOICE", "SEQ"), 1):
    setattr(model, "XML_CTYPE_" + _name, _code)
for _code, _name in enumerate(("NONE", "OPT", "REP", "PLUS")):
    setattr(model, "XML_CQUANT_" + _name, _code)
sys.modules["pyexpat.errors"] = errors
sys.modules["pyexpat.model"] = model


def ErrorString(code, /):
    """Returns string error for given number."""
    return errors.messages.get(code)


_NAME = r"(?:[^\W\d]|:)[\w.\-:\xb7]*"
_name = re.compile(_NAME)
_start_tag = re.compile(rf"<({_NAME})((?:\s+{_NAME}\s*=\s*(?:\"[^<\"]*\"|'[^<']*'))*)\s*(/?)>")
_attribute = re.compile(rf"\s+({_NAME})\s*=\s*(?:\"([^<\"]*)\"|'([^<']*)')")
_tag_end = re.compile(r"""<[^'">]*(?:(?:"[^"]*"|'[^']*')[^'">]*)*>""")
_end_tag = re.compile(rf"</({_NAME})\s*>")
_pi = re.compile(rf"<\?({_NAME})(?:\s+(.*?))?\?>", re.S)
_xml_decl = re.compile(
    r"""<\?xml\s+version\s*=\s*(["'])([\w.:-]+)\1(?:\s+encoding\s*=\s*(["'])([A-Za-z][\w.-]*)\3)?"""
    r"""(?:\s+standalone\s*=\s*(["'])(yes|no)\5)?\s*\?>"""
)
_reference = re.compile(rf"&(?:#(\d+)|#x([0-9a-fA-F]+)|({_NAME}));")
_doctype = re.compile(
    rf"""<!DOCTYPE\s+({_NAME})(?:\s+SYSTEM\s*("[^"]*"|'[^']*')|\s+PUBLIC\s+("[^"]*"|'[^']*')\s*("[^"]*"|'[^']*')?)?\s*"""
)
_subset_token = re.compile(r"""<!--.*?-->|<\?.*?\?>|<![A-Z]+(?:[^'"<>]|"[^"]*"|'[^']*')*>|%[\w.\-:]+;|\s+|\]\s*>""", re.S)
_entity_decl = re.compile(
    rf"""<!ENTITY\s+(%\s+)?({_NAME})\s+(?:("[^"]*"|'[^']*')|SYSTEM\s+("[^"]*"|'[^']*')|PUBLIC\s+("[^"]*"|'[^']*')\s+("[^"]*"|'[^']*'))"""
    rf"""(?:\s+NDATA\s+({_NAME}))?\s*>"""
)
_notation_decl = re.compile(
    rf"""<!NOTATION\s+({_NAME})\s+(?:SYSTEM\s+("[^"]*"|'[^']*')|PUBLIC\s+("[^"]*"|'[^']*')(?:\s+("[^"]*"|'[^']*'))?)\s*>"""
)
_element_decl = re.compile(rf"<!ELEMENT\s+({_NAME})\s+(.*?)\s*>", re.S)
_attlist_decl = re.compile(rf"<!ATTLIST\s+({_NAME})(.*)>", re.S)
_attdef = re.compile(
    rf"""\s+({_NAME})\s+(CDATA|IDREFS|IDREF|ID|ENTITY|ENTITIES|NMTOKENS|NMTOKEN|NOTATION\s*\([^)]*\)|\([^)]*\))\s*"""
    r"""(?:(\#REQUIRED)|(\#IMPLIED)|(\#FIXED\s+)?("[^"]*"|'[^']*'))"""
)
_bad = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
_lines = re.compile(r"\n|[^\n]+")
_XML = "http://www.w3.org/XML/1998/namespace"
_BUILT_IN = {"lt": "<", "gt": ">", "amp": "&", "apos": "'", "quot": '"'}
_HANDLERS = (
    "StartElementHandler", "EndElementHandler", "ProcessingInstructionHandler", "CharacterDataHandler",
    "UnparsedEntityDeclHandler", "NotationDeclHandler", "StartNamespaceDeclHandler", "EndNamespaceDeclHandler",
    "CommentHandler", "StartCdataSectionHandler", "EndCdataSectionHandler", "DefaultHandler", "DefaultHandlerExpand",
    "NotStandaloneHandler", "ExternalEntityRefHandler", "StartDoctypeDeclHandler", "EndDoctypeDeclHandler",
    "EntityDeclHandler", "XmlDeclHandler", "ElementDeclHandler", "AttlistDeclHandler", "SkippedEntityHandler",
)


class _Incomplete(Exception):
    """The rest of the token is not there yet."""


class _Entity:
    def __init__(self, value, system=None, public=None, notation=None):
        self.value, self.system, self.public, self.notation = value, system, public, notation
        self.open = False


def _unquote(s):
    return None if s is None else s[1:-1]


class XMLParserType:
    """XML parser"""

    __slots__ = _HANDLERS + (
        "_ordered", "_specified", "_prefixes", "_parsing", "intern", "_buffer_text", "_buffer_size",
        "_separator", "_encoding", "_decoder", "_raw", "_text", "_pos", "_line", "_column", "_bytes", "_state", "_open",
        "_scopes", "_entities", "_parameters", "_defaults", "_foreign", "_external", "_standalone", "_chars", "_chars_size",
        "_base", "_final", "_started", "_error", "_depth", "_expanded", "_fed", "_deferral", "_token", "_fragment", "_skipped_cr", "_busy", "_foreign_asked",
        "__weakref__",
    )

    def __new__(cls, *args):
        raise TypeError("cannot create 'pyexpat.xmlparser' instances")

    def _set_up(self, encoding, separator, intern):
        for name in _HANDLERS:
            setattr(self, name, None)
        self.ordered_attributes = self.specified_attributes = self.namespace_prefixes = False
        self._parsing = 0
        self.intern = intern
        self._buffer_text, self._buffer_size = False, 8192
        self._separator, self._encoding = separator, encoding
        self._decoder, self._raw = None, b""
        self._text, self._pos = "", 0
        self._line, self._column, self._bytes = 1, 0, 0
        self._state = "start"
        self._open, self._scopes = [], [{"xml": _XML}]
        self._entities, self._parameters, self._defaults = {}, {}, {}
        self._foreign = self._external = self._standalone = False
        self._chars, self._chars_size = [], 0
        self._base = None
        self._final = self._started = False
        self._error = None
        self._depth = self._expanded = self._fed = 0
        self._deferral = True
        self._token = None
        self._fragment = False
        self._skipped_cr = False
        self._busy = self._foreign_asked = False
        return self

    # --- settings ---

    @property
    def ordered_attributes(self):
        return self._ordered

    @ordered_attributes.setter
    def ordered_attributes(self, on):
        self._ordered = bool(on)

    @property
    def specified_attributes(self):
        return self._specified

    @specified_attributes.setter
    def specified_attributes(self, on):
        self._specified = bool(on)

    @property
    def namespace_prefixes(self):
        return self._prefixes

    @namespace_prefixes.setter
    def namespace_prefixes(self, on):
        self._prefixes = bool(on)

    @property
    def buffer_text(self):
        return self._buffer_text

    @buffer_text.setter
    def buffer_text(self, on):
        self._flush()
        self._buffer_text = bool(on)

    @property
    def buffer_size(self):
        return self._buffer_size

    @buffer_size.setter
    def buffer_size(self, size):
        if not isinstance(size, int):
            raise TypeError("buffer_size must be an integer")
        if size <= 0:
            raise ValueError("buffer_size must be greater than zero")
        if size > 2**31 - 1:
            raise ValueError(f"buffer_size must not be greater than {2**31 - 1}")
        self._flush()
        self._buffer_size = size

    @property
    def buffer_used(self):
        return self._chars_size

    @property
    def ErrorCode(self):
        return self._error or 0

    @property
    def CurrentLineNumber(self):
        return self._line

    @property
    def CurrentColumnNumber(self):
        return self._column

    @property
    def CurrentByteIndex(self):
        return self._bytes if self._started else -1

    ErrorLineNumber, ErrorColumnNumber, ErrorByteIndex = CurrentLineNumber, CurrentColumnNumber, CurrentByteIndex

    def SetBase(self, base, /):
        """Set the base URL for the parser."""
        self._base = base

    def GetBase(self):
        """Return base URL string for the parser."""
        return self._base

    def GetInputContext(self):
        """Return the untranslated text of the input that caused the current event."""
        return self._text[self._pos:].encode() if self._busy else None

    def UseForeignDTD(self, flag=True, /):
        """Allows the application to provide an artificial external subset if one is not specified."""
        if self._started:
            self._raise("XML_ERROR_CANT_CHANGE_FEATURE_ONCE_PARSING")
        self._foreign = bool(flag)

    def SetParamEntityParsing(self, flag, /):
        """Controls parsing of parameter entities (including the external DTD subset)."""
        if self._started:
            return 0
        self._parsing = int(flag)
        return 1

    def SetReparseDeferralEnabled(self, enabled, /):
        """Enable/Disable reparse deferral; enabled by default with Expat >=2.6.0."""
        self._deferral = bool(enabled)

    def GetReparseDeferralEnabled(self):
        """Retrieve reparse deferral enabled status; always returns false with Expat <2.6.0."""
        return self._deferral

    def SetBillionLaughsAttackProtectionActivationThreshold(self, threshold, /):
        """Sets the number of output bytes needed to activate protection against billion laughs attacks."""

    def SetBillionLaughsAttackProtectionMaximumAmplification(self, max_factor, /):
        """Sets the maximum tolerated amplification factor for protection against billion laughs attacks."""

    def SetAllocTrackerActivationThreshold(self, threshold, /):
        """Sets the number of allocated bytes of dynamic memory needed to activate protection."""

    def SetAllocTrackerMaximumAmplification(self, max_factor, /):
        """Sets the maximum amplification factor between direct input and bytes of dynamic memory allocated."""

    def ExternalEntityParserCreate(self, context, encoding=None, /):
        """Create a parser for parsing an external entity based on the information passed to the ExternalEntityRefHandler."""
        p = object.__new__(XMLParserType)._set_up(encoding, self._separator, self.intern)
        for name in _HANDLERS + ("ordered_attributes", "specified_attributes", "namespace_prefixes"):
            setattr(p, name, getattr(self, name))
        p._buffer_text, p._buffer_size = self._buffer_text, self._buffer_size
        p._entities, p._defaults, p._scopes = self._entities, self._defaults, list(self._scopes)
        p._fragment = True
        return p

    # --- input ---

    def Parse(self, data, isfinal=False, /):
        """Parse XML data.

        'isfinal' should be true at end of input.
        """
        if self._error is not None or self._final:
            self._raise("XML_ERROR_FINISHED" if self._error is None else self._error)
        if isinstance(data, str):
            if not self._started:
                self._encoding = "utf-8"
            data = data.encode("utf-8", "surrogatepass")
        elif not isinstance(data, bytes):
            data = bytes(memoryview(data))
        self._final = bool(isfinal)
        self._fed += len(data)
        self._raw += data
        self._decode(isfinal)
        self._busy = True
        try:
            self._run()
        except ExpatError:
            raise
        finally:
            self._busy = False
        if isfinal:
            self._flush()
        return 1

    def ParseFile(self, file, /):
        """Parse XML data from file-like object."""
        try:
            read = file.read
        except AttributeError:
            raise TypeError("argument must have 'read' attribute") from None
        while True:
            data = read(2048)
            if not isinstance(data, (bytes, bytearray)):
                raise TypeError(f"read() did not return a bytes object (type={type(data).__name__})")
            if not self.Parse(bytes(data), not data) or not data:
                return 1

    def _decode(self, final):
        if self._decoder is None:
            raw = self._raw
            if len(raw) < 4 and not final:
                return
            name = self._encoding
            if raw.startswith((b"\xfe\xff", b"\xff\xfe")):
                name = "utf-16"
            elif raw.startswith(b"\xef\xbb\xbf"):
                name = "utf-8-sig"
            elif name is None:
                if raw.startswith(b"<\0"):
                    name = "utf-16-le"
                elif raw.startswith(b"\0<"):
                    name = "utf-16-be"
                elif raw.startswith(b"<?xml"):
                    end = raw.find(b"?>")
                    if end < 0 and not final and len(raw) < 1024:
                        return
                    m = re.search(rb"""encoding\s*=\s*["']([^"']*)""", raw[:end + 2])
                    name = m[1].decode("ascii", "replace") if m else "utf-8"
                    if name.lower().replace("_", "-") == "utf-16":
                        self._started = True
                        self._raise("XML_ERROR_INCORRECT_ENCODING", position=m.start(1))
                else:
                    name = "utf-8"
            try:
                self._decoder = codecs.getincrementaldecoder(name)()
                if not isinstance(self._decoder.decode(b""), str):
                    raise LookupError
            except LookupError:
                self._started = True
                if raw.startswith(b"<?xml"):
                    self._column = self._bytes = max(raw.find(b"encoding"), 0) + 10
                self._raise("XML_ERROR_UNKNOWN_ENCODING")
        self._started = True
        raw, self._raw = self._raw, b""
        try:
            text = self._decoder.decode(raw, final)
        except UnicodeDecodeError as e:
            text = e.object[:e.start].decode(e.encoding, "replace")
            self._text = self._text[self._pos:] + text
            self._pos = 0
            try:
                self._run()
            except _Incomplete:
                pass
            self._raise("XML_ERROR_INVALID_TOKEN" if not e.reason.startswith("unexpected end") else "XML_ERROR_UNCLOSED_TOKEN")
        if self._skipped_cr and text.startswith("\n"):
            text = text[1:]
        if text:
            self._skipped_cr = text.endswith("\r")
        if "\r" in text:
            text = text.replace("\r\n", "\n").replace("\r", "\n")
        self._text = self._text[self._pos:] + text
        self._pos = 0

    # --- position and errors ---

    def _advance(self, end):
        passed = self._text[self._pos:end]
        n = passed.count("\n")
        if n:
            self._line += n
            self._column = len(passed) - passed.rfind("\n") - 1
        else:
            self._column += len(passed)
        self._bytes += len(passed) if passed.isascii() else len(passed.encode("utf-8", "surrogatepass"))
        self._pos = end

    def _raise(self, name, at=None, position=None):
        if self._pos or self._text:
            self._flush()
        if at is not None:
            self._advance(at)
        if position is not None:
            self._column += position
            self._bytes += position
        text = name if name in errors.codes else _MESSAGES.get(name, name) if isinstance(name, str) else errors.messages[name]
        self._error = code = errors.codes[text]
        e = ExpatError(f"{text}: line {self._line}, column {self._column}")
        e.code, e.lineno, e.offset = code, self._line, self._column
        raise e

    # --- events ---

    def _flush(self):
        if self._chars:
            text = "".join(self._chars)
            self._chars, self._chars_size = [], 0
            if self.CharacterDataHandler is not None:
                self.CharacterDataHandler(text)

    def _intern(self, s):
        return s if self.intern is None else self.intern.setdefault(s, s)

    def _default(self, text):
        h = self.DefaultHandlerExpand or self.DefaultHandler
        if h is not None and text:
            self._flush()
            h(text)

    def _characters(self, text):
        if self.CharacterDataHandler is None:
            for part in _lines.findall(text):
                self._default(part)
        elif not self._buffer_text:
            for part in _lines.findall(text):
                if self.CharacterDataHandler is not None:
                    self.CharacterDataHandler(part)
        else:
            while text:
                room = self._buffer_size - self._chars_size
                part, text = text[:room], text[room:]
                self._chars.append(part)
                self._chars_size += len(part)
                if self._chars_size >= self._buffer_size:
                    self._flush()

    # --- the document ---

    def _run(self):
        try:
            while self._pos < len(self._text):
                self._step()
        except _Incomplete:
            if self._final:
                self._unfinished()
            return
        if self._final and self._decoder is not None:
            if self._open or self._state in ("start", "prolog", "cdata") and not self._fragment:
                self._raise("XML_ERROR_UNCLOSED_CDATA_SECTION" if self._state == "cdata" else "XML_ERROR_NO_ELEMENTS")

    def _unfinished(self):
        rest = self._text[self._pos:]
        if rest.startswith("<![CDATA["):
            self._raise("XML_ERROR_UNCLOSED_CDATA_SECTION", at=len(self._text))
        if rest.startswith("<!DOCTYPE"):
            last = rest.rfind("<")
            if "[" in rest[:last] and ">" not in rest[last:]:
                self._raise("XML_ERROR_UNCLOSED_TOKEN", at=self._pos + last)
            self._raise("XML_ERROR_NO_ELEMENTS" if "[" in rest else "XML_ERROR_UNCLOSED_TOKEN", at=len(self._text) if "[" in rest else None)
        if rest.startswith("]") and self._open:
            self._characters(rest)
            self._raise("XML_ERROR_NO_ELEMENTS", at=len(self._text))
        self._raise("XML_ERROR_UNCLOSED_TOKEN")

    def _find(self, what, start):
        i = self._text.find(what, start)
        if i < 0:
            raise _Incomplete
        return i

    def _step(self):
        text, pos = self._text, self._pos
        inside = self._open or self._fragment
        if text[pos] != "<":
            self._before_markup(inside)
            return
        rest = len(text) - pos
        if rest < 2:
            raise _Incomplete
        c = text[pos + 1]
        if c == "/":
            end = self._find(">", pos) + 1
            m = _end_tag.match(text, pos)
            if m is None or m.end() != end:
                bad = _name.match(text, pos + 2)
                self._raise("XML_ERROR_INVALID_TOKEN", at=bad.end() if bad else pos + 2)
            self._end(m[1], end)
        elif c == "?":
            self._instruction()
        elif c == "!":
            if text.startswith("<!--", pos):
                self._comment()
            elif text.startswith("<![CDATA[", pos) and inside:
                end = self._find("]]>", pos + 9)
                self._cdata(text[pos + 9:end])
                self._advance(end + 3)
            elif text.startswith("<!DOCTYPE", pos) and self._state in ("start", "prolog") and not inside:
                self._document_type()
            elif rest < 9 and ("<!--".startswith(text[pos:pos + 4]) or "<![CDATA[".startswith(text[pos:]) or "<!DOCTYPE".startswith(text[pos:])):
                raise _Incomplete
            else:
                self._raise("XML_ERROR_INVALID_TOKEN" if inside or self._state != "done" else "XML_ERROR_JUNK_AFTER_DOC_ELEMENT", at=pos + 2 if inside else None)
        else:
            if self._state == "done":
                self._raise("XML_ERROR_JUNK_AFTER_DOC_ELEMENT")
            m = _start_tag.match(text, pos)
            if m is None:
                whole = _tag_end.match(text, pos)
                if whole is None and not (self._final and "<" in text[pos + 1:]):
                    if not _name.match(text, pos + 1):
                        self._raise("XML_ERROR_INVALID_TOKEN", at=pos + 1)
                    raise _Incomplete
                self._bad_tag(pos)
            self._start(m)

    def _bad_tag(self, pos):
        text = self._text
        m = _name.match(text, pos + 1)
        if m is None:
            self._raise("XML_ERROR_INVALID_TOKEN", at=pos + 1)
        while m:
            at = m.end()
            m = _attribute.match(text, at)
        space = re.compile(r"\s*").match(text, at).end()
        m = _name.match(text, space) if space > at else None
        if m:
            at = m.end()
            m = re.compile(r"\s*=\s*").match(text, at)
            if m:
                at = m.end()
                if at < len(text) and text[at] in "\"'":
                    lt, quote = text.find("<", at), text.find(text[at], at + 1)
                    at = lt if lt >= 0 and (quote < 0 or lt < quote) else quote + 1
        else:
            at = space
        self._raise("XML_ERROR_INVALID_TOKEN", at=at)

    def _before_markup(self, inside):
        text, pos = self._text, self._pos
        end = text.find("<", pos)
        stop = len(text) if end < 0 else end
        if not inside:
            m = re.compile(r"\s*").match(text, pos)
            if m.end() < stop:
                first = self._state in ("start", "prolog")
                self._raise("XML_ERROR_SYNTAX" if first and text[m.end()] not in "&]" or first and not _bad.match(text, m.end()) and text[m.end()] != "&" else "XML_ERROR_INVALID_TOKEN" if first else "XML_ERROR_JUNK_AFTER_DOC_ELEMENT", at=m.end())
            if self._state == "start":
                self._state = "prolog"
            self._default(text[pos:stop])
            self._advance(stop)
            return
        chunk = text[pos:stop]
        m = _bad.search(chunk)
        if m:
            self._characters(chunk[:m.start()])
            self._raise("XML_ERROR_INVALID_TOKEN", at=pos + m.start())
        if "]]>" in chunk:
            self._raise("XML_ERROR_INVALID_TOKEN", at=pos + chunk.index("]]>") + 2)
        if end < 0 and not self._final:
            # What may go on in the next piece waits for it.
            held = re.compile(r"(?:&[^;]*|\]{1,2})\Z").search(chunk)
            if held:
                chunk = chunk[:held.start()]
                if not chunk:
                    raise _Incomplete
        self._content(chunk, pos)
        self._advance(pos + len(chunk))

    def _content(self, chunk, pos=None):
        """Characters with references in them."""
        at = 0
        while True:
            i = chunk.find("&", at)
            if i < 0:
                break
            if i > at:
                self._characters(chunk[at:i])
            m = _reference.match(chunk, i)
            if m is None:
                self._raise("XML_ERROR_INVALID_TOKEN", at=None if pos is None else pos + re.compile(r"&#?[\w.:-]*").match(chunk, i).end())
            if pos is not None:
                self._advance(pos + i)
            self._refer(m)
            at = m.end()
        if at < len(chunk):
            self._characters(chunk[at:])

    def _character(self, m):
        n = int(m[1]) if m[1] else int(m[2], 16)
        if n > 0x10ffff or 0xd800 <= n < 0xe000 or _bad.match(chr(n)):
            self._raise("XML_ERROR_BAD_CHAR_REF")
        return chr(n)

    def _refer(self, m):
        if m[3] is None:
            self._characters(self._character(m))
            return
        name = m[3]
        if name in _BUILT_IN:
            self._characters(_BUILT_IN[name])
            return
        entity = self._entities.get(name)
        if entity is None:
            if self._foreign or self._external and not self._standalone:
                if self.SkippedEntityHandler is not None:
                    self._flush()
                    self.SkippedEntityHandler(name, False)
                else:
                    self._default(m[0])
                return
            self._raise("XML_ERROR_UNDEFINED_ENTITY")
        if entity.notation is not None:
            self._raise("XML_ERROR_BINARY_ENTITY_REF")
        if entity.open:
            self._raise("XML_ERROR_RECURSIVE_ENTITY_REF")
        if entity.value is None:
            self._flush()
            if self.ExternalEntityRefHandler is not None:
                if not self.ExternalEntityRefHandler(name, self._base, entity.system, entity.public):
                    self._raise("XML_ERROR_EXTERNAL_ENTITY_HANDLING")
            else:
                self._default(m[0])
            return
        if self.DefaultHandler is not None and self.DefaultHandlerExpand is None:
            # It asked for references as they are.
            self._default(m[0])
            return
        self._count(len(entity.value))
        entity.open = True
        try:
            if "<" in entity.value:
                self._nested(entity.value)
            else:
                self._content(entity.value)
        finally:
            entity.open = False

    def _count(self, n):
        self._expanded += n
        if self._expanded > 8388608 and self._expanded > 100 * max(self._fed, 1):
            self._raise("XML_ERROR_AMPLIFICATION_LIMIT_BREACH")

    def _nested(self, text):
        """Markup in an entity: its elements begin and end in it."""
        saved = self._text, self._pos, self._line, self._column, self._bytes, self._final
        depth = len(self._open)
        self._text, self._pos, self._final = text, 0, True
        try:
            while self._pos < len(self._text):
                self._step()
            if len(self._open) != depth:
                self._raise("XML_ERROR_ASYNC_ENTITY")
        except _Incomplete:
            self._raise("XML_ERROR_ASYNC_ENTITY")
        finally:
            self._text, self._pos, self._line, self._column, self._bytes, self._final = saved

    def _cdata(self, text):
        m = _bad.search(text)
        if m:
            self._raise("XML_ERROR_INVALID_TOKEN", at=self._pos + 9 + m.start())
        if self.StartCdataSectionHandler is not None:
            self._flush()
            self.StartCdataSectionHandler()
        else:
            if self.EndCdataSectionHandler is None and (self.DefaultHandler or self.DefaultHandlerExpand):
                self._default("<![CDATA[")
        if text:
            self._characters(text)
        if self.EndCdataSectionHandler is not None:
            self._flush()
            self.EndCdataSectionHandler()
        elif self.StartCdataSectionHandler is None and (self.DefaultHandler or self.DefaultHandlerExpand):
            self._default("]]>")

    def _comment(self):
        text, pos = self._text, self._pos
        i = text.find("--", pos + 4)
        if i < 0 or i + 2 >= len(text):
            raise _Incomplete
        if text[i + 2] != ">":
            self._raise("XML_ERROR_INVALID_TOKEN", at=i + 2)
        self._seen()
        if self.CommentHandler is not None:
            self._flush()
            self.CommentHandler(text[pos + 4:i])
        else:
            self._default(text[pos:i + 3])
        self._advance(i + 3)

    def _seen(self):
        if self._state == "start":
            self._state = "prolog"

    def _instruction(self):
        text, pos = self._text, self._pos
        end = self._find("?>", pos) + 2
        if re.compile(r"<\?xml[\s?]").match(text, pos):
            if self._state != "start" or self._open:
                self._raise("XML_ERROR_MISPLACED_XML_PI")
            m = _xml_decl.match(text, pos)
            if m is None or m.end() != end:
                if not self._fragment:
                    self._raise("XML_ERROR_XML_DECL", at=min(pos + 6, end))
                m = None
            self._state = "prolog"
            standalone = -1 if m is None or m[6] is None else int(m[6] == "yes")
            self._standalone = standalone == 1
            if self.XmlDeclHandler is not None and m is not None:
                self.XmlDeclHandler(m[2], m[4], standalone)
            else:
                self._default(text[pos:end])
            self._advance(end)
            return
        m = _pi.match(text, pos)
        if m is None or m.end() != end:
            self._raise("XML_ERROR_INVALID_TOKEN", at=pos + 2)
        if m[1].lower() == "xml":
            self._raise("XML_ERROR_INVALID_TOKEN", at=pos + 2)
        self._seen()
        if self.ProcessingInstructionHandler is not None:
            self._flush()
            self.ProcessingInstructionHandler(self._intern(m[1]), m[2] or "")
        else:
            self._default(m[0])
        self._advance(end)

    def _foreign_subset(self, system, public):
        """Asks for the external part of the document type."""
        self._foreign_asked = True
        if self._parsing and not (self._parsing == 1 and self._standalone) and self.ExternalEntityRefHandler is not None:
            self._flush()
            if not self.ExternalEntityRefHandler(None, self._base, system, public):
                self._raise("XML_ERROR_EXTERNAL_ENTITY_HANDLING")

    # --- elements ---

    def _value(self, raw, open=()):
        """The value of an attribute: references expanded, blanks made spaces."""
        if "&" in raw:
            out, at = [], 0
            while True:
                i = raw.find("&", at)
                if i < 0:
                    break
                out.append(raw[at:i].translate(_BLANKS))
                m = _reference.match(raw, i)
                if m is None:
                    self._raise("XML_ERROR_INVALID_TOKEN")
                at = m.end()
                if m[3] is None:
                    out.append(self._character(m))
                elif m[3] in _BUILT_IN:
                    out.append(_BUILT_IN[m[3]])
                else:
                    e = self._entities.get(m[3])
                    if e is None:
                        if self._foreign or self._external and not self._standalone:
                            continue
                        self._raise("XML_ERROR_UNDEFINED_ENTITY")
                    if m[3] in open:
                        self._raise("XML_ERROR_RECURSIVE_ENTITY_REF")
                    if e.notation is not None:
                        self._raise("XML_ERROR_BINARY_ENTITY_REF")
                    if e.value is None:
                        self._raise("XML_ERROR_ATTRIBUTE_EXTERNAL_ENTITY_REF")
                    if "<" in e.value:
                        self._raise("XML_ERROR_INVALID_TOKEN")
                    self._count(len(e.value))
                    out.append(self._value(e.value, (*open, m[3])))
            out.append(raw[at:].translate(_BLANKS))
            return "".join(out)
        return raw.translate(_BLANKS)

    def _start(self, m):
        name, empty = m[1], m[3]
        if self._foreign and not self._open and not self._foreign_asked:
            self._foreign_subset(None, None)
        attributes = []
        if m[2]:
            seen = set()
            for key, a, b in _attribute.findall(m[2]):
                if key in seen:
                    self._raise("XML_ERROR_DUPLICATE_ATTRIBUTE", at=self._pos + m[0].rindex(key, 0, m[0].rindex("=") if m[0].count(key) < 3 else len(m[0])))
                seen.add(key)
                raw = a or b
                if _bad.search(raw):
                    self._raise("XML_ERROR_INVALID_TOKEN", at=self._pos + m[0].index(raw) + _bad.search(raw).start())
                attributes.append((key, self._value(raw)))
        declared = self._defaults.get(name)
        if declared:
            given = {a[0] for a in attributes}
            tokenized = {key for key, kind, value in declared if kind != "CDATA"}
            attributes = [(k, " ".join(v.split(" ")).strip() if k in tokenized else v) for k, v in attributes]
            if not self.specified_attributes:
                attributes += [(k, v) for k, _, v in declared if v is not None and k not in given]
        scope = self._scopes[-1]
        bound = []
        shown = name
        if self._separator is not None:
            plain = []
            for key, value in attributes:
                prefix = "" if key == "xmlns" else key[6:] if key.startswith("xmlns:") else None
                if prefix is None:
                    plain.append((key, value))
                    continue
                if prefix == "xmlns":
                    self._raise("XML_ERROR_RESERVED_PREFIX_XMLNS")
                if prefix == "xml" and value != _XML:
                    self._raise("XML_ERROR_RESERVED_PREFIX_XML")
                if prefix and not value:
                    self._raise("XML_ERROR_UNDECLARING_PREFIX")
                if not bound:
                    scope = dict(scope)
                scope[prefix] = value
                bound.append(prefix)
                if self.StartNamespaceDeclHandler is not None:
                    self._flush()
                    self.StartNamespaceDeclHandler(prefix or None, value or None)
            shown = self._qualified(name, scope, True)
            attributes = [(self._qualified(k, scope, False), v) for k, v in plain]
            if len({k for k, _ in attributes}) != len(attributes):
                self._raise("XML_ERROR_DUPLICATE_ATTRIBUTE")
        self._state = "content"
        self._open.append((name, shown, bound))
        self._scopes.append(scope)
        if self.StartElementHandler is not None:
            self._flush()
            if self.ordered_attributes:
                given = [x for k, v in attributes for x in (self._intern(k), v)]
            else:
                given = {self._intern(k): v for k, v in attributes}
            self.StartElementHandler(self._intern(shown), given)
        else:
            self._default(m[0])
        if empty:
            self._end(name, m.end(), m[0] if self.StartElementHandler else "")
        else:
            self._advance(m.end())

    def _qualified(self, name, scope, is_element):
        prefix, colon, local = name.partition(":")
        if not colon:
            uri = scope.get("") if is_element else None
            return f"{uri}{self._separator}{name}" if uri else name
        if ":" in local or not local or not prefix:
            self._raise("XML_ERROR_INVALID_TOKEN")
        uri = scope.get(prefix)
        if uri is None:
            self._raise("XML_ERROR_UNBOUND_PREFIX")
        if not self._separator:
            return uri + local
        return f"{uri}{self._separator}{local}" + (f"{self._separator}{prefix}" if self.namespace_prefixes else "")

    def _end(self, name, end, raw=None):
        if not self._open:
            self._raise("XML_ERROR_INVALID_TOKEN" if self._state != "done" else "XML_ERROR_JUNK_AFTER_DOC_ELEMENT", at=self._pos + 1 if self._state != "done" else None)
        if self._open[-1][0] != name:
            self._raise("XML_ERROR_TAG_MISMATCH", at=self._pos + 2)
        _, shown, bound = self._open.pop()
        self._scopes.pop()
        if self.EndElementHandler is not None:
            self._flush()
            self.EndElementHandler(self._intern(shown))
        elif raw is None:
            self._default(self._text[self._pos:end])
        for prefix in reversed(bound):
            if self.EndNamespaceDeclHandler is not None:
                self._flush()
                self.EndNamespaceDeclHandler(prefix or None)
        if not self._open and not self._fragment:
            self._state = "done"
        self._advance(end)

    # --- the document type ---

    def _document_type(self):
        text, pos = self._text, self._pos
        m = _doctype.match(text, pos)
        if m is None or m.end() >= len(text):
            if m is None and re.compile(r"<!DOCTYPE[^\[>]*[>\[]").match(text, pos):
                self._raise("XML_ERROR_SYNTAX" if "SYSTEM" not in text and "PUBLIC" not in text else "XML_ERROR_INVALID_TOKEN", at=pos + 10)
            raise _Incomplete
        internal = text[m.end()] == "["
        if not internal and text[m.end()] != ">":
            if self._final or ">" in text[m.end():]:
                self._raise("XML_ERROR_SYNTAX", at=m.end())
            raise _Incomplete
        tokens, at = [], m.end() + 1
        while internal:
            t = _subset_token.match(text, at)
            if t is None:
                if self._final and at < len(text) and text[at] not in "<%]":
                    self._raise("XML_ERROR_SYNTAX", at=at)
                raise _Incomplete
            at = t.end()
            if t[0][0] == "]":
                break
            tokens.append(t)
        self._state = "prolog"
        system, public = _unquote(m[2] or m[4]), _unquote(m[3])
        self._external = system is not None
        if self.StartDoctypeDeclHandler is not None:
            self._flush()
            self.StartDoctypeDeclHandler(self._intern(m[1]), system, public, int(internal))
        else:
            self._default(text[pos:m.end() + internal])
        for t in tokens:
            self._declaration(t)
        if (self._external or self._foreign) and self.NotStandaloneHandler is not None and not self._standalone:
            if not self.NotStandaloneHandler():
                self._raise("XML_ERROR_NOT_STANDALONE")
        if self._external and system is not None or self._foreign:
            self._foreign_subset(system, public)
        if self.EndDoctypeDeclHandler is not None:
            self.EndDoctypeDeclHandler()
        elif self.StartDoctypeDeclHandler is None:
            self._default(text[at - 2 if internal else at - 1:at])
        self._advance(at)

    def _declaration(self, token):
        t = token[0]
        if t[0] == "%":
            name = t[1:-1]
            if name not in self._parameters:
                self._external = True
                if self.SkippedEntityHandler is not None:
                    self.SkippedEntityHandler(name, True)
                return
            value = self._parameters[name]
            if value is not None:
                self._count(len(value))
                at = 0
                while at < len(value):
                    inner = _subset_token.match(value, at)
                    if inner is None or inner[0][0] == "]" or inner[0] == t:
                        self._raise("XML_ERROR_SYNTAX", at=token.start())
                    self._declaration(inner)
                    at = inner.end()
            else:
                self._external = True
        elif t.startswith("<!--"):
            if self.CommentHandler is not None:
                self.CommentHandler(t[4:-3])
            else:
                self._default(t)
        elif t.startswith("<?"):
            m = _pi.fullmatch(t)
            if m is None:
                self._raise("XML_ERROR_INVALID_TOKEN", at=token.start() + 2)
            if self.ProcessingInstructionHandler is not None:
                self.ProcessingInstructionHandler(self._intern(m[1]), m[2] or "")
            else:
                self._default(t)
        elif t.startswith("<!ENTITY"):
            self._entity(t, token)
        elif t.startswith("<!NOTATION"):
            m = _notation_decl.fullmatch(t)
            if m is None:
                self._raise("XML_ERROR_SYNTAX", at=token.start() + 2)
            if self.NotationDeclHandler is not None:
                self.NotationDeclHandler(self._intern(m[1]), self._base, _unquote(m[2] or m[4]), _unquote(m[3]))
            else:
                self._default(t)
        elif t.startswith("<!ELEMENT"):
            m = _element_decl.fullmatch(t)
            if m is None:
                self._raise("XML_ERROR_SYNTAX", at=token.start() + 2)
            if self.ElementDeclHandler is not None:
                self.ElementDeclHandler(self._intern(m[1]), _content_model(m[2]))
            else:
                self._default(t)
        elif t.startswith("<!ATTLIST"):
            self._attlist(t, token)
        elif t.isspace():
            self._default(t)
        else:
            self._raise("XML_ERROR_SYNTAX", at=token.start() + 2)

    def _entity(self, t, token):
        m = _entity_decl.fullmatch(t)
        if m is None:
            self._raise("XML_ERROR_SYNTAX", at=token.start() + 2)
        parameter, name, notation = bool(m[1]), m[2], m[7]
        value = system = public = None
        if m[3] is not None:
            value = re.sub(r"&#(?:(\d+)|x([0-9a-fA-F]+));", self._character, _unquote(m[3]))
            for p in re.findall(r"%([\w.\-:]+);", value):
                self._raise("XML_ERROR_PARAM_ENTITY_REF", at=token.start())
        else:
            system, public = _unquote(m[4] or m[6]), _unquote(m[5])
        if parameter:
            self._parameters.setdefault(name, value)
        else:
            self._entities.setdefault(name, _Entity(value, system, public, notation))
        if notation is not None and self.UnparsedEntityDeclHandler is not None:
            self.UnparsedEntityDeclHandler(self._intern(name), self._base, system, public, notation)
        elif self.EntityDeclHandler is not None:
            self.EntityDeclHandler(self._intern(name), int(parameter), value, self._base, system, public, notation)
        else:
            self._default(t)

    def _attlist(self, t, token):
        m = _attlist_decl.fullmatch(t)
        if m is None or _attdef.sub("", m[2]).strip():
            self._raise("XML_ERROR_SYNTAX", at=token.start() + 2)
        declared = self._defaults.setdefault(m[1], [])
        for d in _attdef.finditer(m[2]):
            kind = re.sub(r"\s+", "", d[2])
            if kind.startswith("NOTATION"):
                kind = "NOTATION" + kind[8:]
            default = None if d[6] is None else self._value(_unquote(d[6]))
            if all(x[0] != d[1] for x in declared):
                declared.append((d[1], kind, default))
            if self.AttlistDeclHandler is not None:
                self.AttlistDeclHandler(self._intern(m[1]), self._intern(d[1]), kind, default, int(bool(d[3] or d[5])))
        if self.AttlistDeclHandler is None:
            self._default(t)


_BLANKS = {9: 32, 10: 32, 13: 32}
XMLParserType.__name__ = XMLParserType.__qualname__ = "xmlparser"
XMLParserType.__module__ = "pyexpat"
_QUANTIFIERS = {"": 0, "?": 1, "*": 2, "+": 3}


def _content_model(text):
    text = text.strip()
    if text in ("EMPTY", "ANY"):
        return (1 if text == "EMPTY" else 2, 0, None, ())
    tokens = re.findall(r"[(),|]|[?*+]|#?[^\s(),|?*+]+", text)
    at = 0

    def particle():
        nonlocal at
        if tokens[at] != "(":
            name = tokens[at]
            at += 1
            return (4, quantifier(), name, ())
        at += 1
        items, kind = [], 6
        while tokens[at] != ")":
            if tokens[at] in ",|":
                kind = 5 if tokens[at] == "|" else 6
                at += 1
            items.append(particle())
        at += 1
        if items and items[0][2] == "#PCDATA":
            return (3, quantifier(), None, tuple(items[1:]))
        return (kind, quantifier(), None, tuple(items))

    def quantifier():
        nonlocal at
        if at < len(tokens) and tokens[at] in "?*+":
            at += 1
            return _QUANTIFIERS[tokens[at - 1]]
        return 0

    try:
        return particle()
    except IndexError:
        return (2, 0, None, ())


def ParserCreate(encoding=None, namespace_separator=None, intern=None):
    """Return a new XML parser object."""
    if encoding is not None and not isinstance(encoding, str):
        raise TypeError(f"ParserCreate() argument 'encoding' must be str or None, not {type(encoding).__name__}")
    if namespace_separator is not None:
        if not isinstance(namespace_separator, str):
            kind = type(namespace_separator).__name__
            raise TypeError(f"ParserCreate() argument 'namespace_separator' must be str or None, not {kind}")
        if len(namespace_separator) > 1:
            raise ValueError("namespace_separator must be at most one character, omitted, or None")
    if intern is None:
        intern = {}
    elif not isinstance(intern, dict):
        raise TypeError("intern must be a dictionary")
    return object.__new__(XMLParserType)._set_up(encoding, namespace_separator, intern)
