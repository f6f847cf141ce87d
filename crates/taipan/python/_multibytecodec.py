"""The encodings of East Asia: what takes text from and to codes of several bytes.

The tables are in _taipan_cjk; the modules _codecs_jp, _codecs_cn and so on hand out the codecs.
"""

import codecs

_ASCII = "".join(map(chr, range(128)))


class MultibyteCodec:
    """A codec: what encodes and decodes, and what it keeps between two calls, its state."""

    start = 0

    def __init__(self, name):
        self.name = name
        self._tables = None

    @property
    def tables(self):
        if self._tables is None:
            import _taipan_cjk
            self._tables = _taipan_cjk.load(self.name)
        return self._tables

    def encode(self, input, errors=None):
        if not isinstance(input, str):
            raise TypeError("couldn't convert the object to str.")
        out, state = self.encode_part(input, errors or "strict", self.start)
        return out + self.end(state), len(input)

    def decode(self, input, errors=None):
        data = bytes(memoryview(input).cast("B")) if not isinstance(input, bytes) else input
        text, rest, _ = self.decode_part(data, errors or "strict", True, self.start)
        return text, len(data)

    # --- encoding ---

    def end(self, state):
        """What a text ends with."""
        return b""

    def encode_part(self, text, errors, state):
        table = self.tables.encoding
        try:
            return b"".join([table[c] for c in text]), state
        except KeyError:
            return self.encode_each(text, errors, state)

    def encode_each(self, text, errors, state):
        """One character after the other, so that each can change the state or be replaced."""
        out = []
        at = 0
        while at < len(text):
            try:
                piece, state = self.code(text[at], state)
            except KeyError:
                at, state = self.replaced(text, at, errors, out, state)
            else:
                out.append(piece)
                at += 1
        return b"".join(out), state

    def code(self, c, state):
        """The bytes of a character; KeyError where there are none."""
        return self.tables.encoding[c], state

    def replaced(self, text, at, errors, out, state):
        exc = UnicodeEncodeError(self.name, text, at, at + 1, "illegal multibyte sequence")
        if errors == "strict":
            raise exc
        if errors == "replace":
            instead, place = "?", at + 1
        elif errors == "ignore":
            return at + 1, state
        else:
            instead, place = codecs.lookup_error(errors)(exc)
        if isinstance(instead, str):
            instead, state = self.encode_part(instead, "strict", state)
        elif not isinstance(instead, bytes):
            raise TypeError("encoding error handler must return (str, int) tuple")
        out.append(instead)
        return _within(place, len(text)), state

    # --- decoding ---

    def decode_part(self, data, errors, final, state):
        """The text, the bytes that are left and the state."""
        out = []
        at, n = 0, len(data)
        while at < n:
            c, width, state = self.character(data, at, state)
            if c is not None:
                out.append(c)
                at += width
                continue
            if width == 0:
                if not final:
                    break
                exc = UnicodeDecodeError(self.name, data, at, n, "incomplete multibyte sequence")
            else:
                exc = UnicodeDecodeError(self.name, data, at, at + width, "illegal multibyte sequence")
            if errors == "strict":
                raise exc
            if errors == "ignore":
                at = exc.end
            elif errors == "replace":
                out.append("\ufffd")
                at = exc.end
            else:
                instead, place = codecs.lookup_error(errors)(exc)
                if not isinstance(instead, str):
                    raise TypeError("decoding error handler must return (str, int) tuple")
                out.append(instead)
                at = _within(place, n)
        return "".join(out), data[at:], state

    def character(self, data, at, state):
        """The character at a place, its width and the state; without a character a width of 0 asks for more."""
        tables = self.tables
        b = data[at]
        c = tables.single[b]
        if c is not None:
            return c, 1, state
        code = data[at:at + 2]
        known = b in tables.leads
        if len(code) < 2 and (known or self.name != "shift_jis"):
            return None, 0, state
        if not known:
            return None, 1, state
        if tables.composed and code == b"\xa4\xd4":
            # A syllable of Hangul spelled by its letters.
            code = data[at:at + 8]
            c = tables.codes.get(code) if len(code) == 8 else None
            return (c, 8, state) if c is not None else (None, 0 if len(code) < 8 else 1, state)
        c = tables.codes.get(code)
        if c is not None:
            return c, 2, state
        if b == 0x8f and tables.long:
            code = data[at:at + 3]
            if len(code) < 3:
                return None, 0, state
            c = tables.codes.get(code)
            return (c, 3, state) if c is not None else (None, 1, state)
        if tables.ranges and 0x30 <= code[1] <= 0x39:
            code = data[at:at + 4]
            if len(code) < 4:
                return None, 0, state
            c = tables.four(code)
            return (c, 4, state) if c is not None else (None, 1, state)
        return None, 1, state


class _Iso2022Jp(MultibyteCodec):
    """JIS X 0208 (and 0212) between escape sequences."""

    # What the state says about the characters that follow.
    ASCII, ROMAN, DOUBLE, EXTRA = range(4)
    ESCAPES = {ASCII: b"\x1b(B", ROMAN: b"\x1b(J", DOUBLE: b"\x1b$B", EXTRA: b"\x1b$(D"}

    def __init__(self, name, extra=False):
        super().__init__(name)
        self.states = {b"\x1b(B": self.ASCII, b"\x1b(J": self.ROMAN, b"\x1b$@": self.DOUBLE, b"\x1b$B": self.DOUBLE}
        if extra:
            self.states[b"\x1b$(D"] = self.EXTRA

    @property
    def tables(self):
        if self._tables is None:
            import _taipan_cjk
            self._tables = _taipan_cjk.load("euc_jp")
        return self._tables

    def end(self, state):
        return b"" if state == self.ASCII else self.ESCAPES[self.ASCII]

    def encode_part(self, text, errors, state):
        return self.encode_each(text, errors, state)

    def code(self, c, state):
        if c < "\x80":
            wanted, piece = self.ASCII, c.encode()
        elif c in "\u00a5\u203e":
            wanted, piece = self.ROMAN, b"\\" if c == "\u00a5" else b"~"
        else:
            code = self.tables.encoding[c]
            if len(code) == 2 and code[0] >= 0xa1:
                wanted = self.DOUBLE
            elif len(code) == 3 and self.EXTRA in self.states.values():
                wanted, code = self.EXTRA, code[1:]
            else:
                raise KeyError(c)
            piece = bytes([code[0] & 0x7f, code[1] & 0x7f])
        return (piece if wanted == state else self.ESCAPES[wanted] + piece), wanted

    def character(self, data, at, state):
        b = data[at]
        if b == 0x1b:
            for escape, new in self.states.items():
                if data.startswith(escape, at):
                    return "", len(escape), new
            rest = data[at:]
            if len(rest) < 4 and any(e.startswith(rest) for e in self.states):
                return None, 0, state
            return None, 1, state
        if b >= 0x80:
            return None, 1, state
        if b == 0x0a:
            return "\n", 1, self.ASCII
        if state == self.ASCII or b < 0x20:
            return chr(b), 1, state
        if state == self.ROMAN:
            return {0x5c: "\u00a5", 0x7e: "\u203e"}.get(b, chr(b)), 1, state
        if at + 1 >= len(data):
            return None, 0, state
        code = bytes([b | 0x80, data[at + 1] | 0x80])
        c = self.tables.codes.get(code if state == self.DOUBLE else b"\x8f" + code)
        return (c, 2, state) if c is not None else (None, 2, state)


class _Hz(MultibyteCodec):
    """GB 2312 between "~{" and "~}"."""

    @property
    def tables(self):
        if self._tables is None:
            import _taipan_cjk
            self._tables = _taipan_cjk.load("gb2312")
        return self._tables

    def end(self, state):
        return b"~}" if state else b""

    encode_part = _Iso2022Jp.encode_part

    def code(self, c, state):
        if c < "\x80":
            piece = b"~~" if c == "~" else c.encode()
            return (b"~}" + piece if state else piece), 0
        code = self.tables.encoding[c]
        piece = bytes([code[0] & 0x7f, code[1] & 0x7f])
        return (piece if state else b"~{" + piece), 1

    def character(self, data, at, state):
        b = data[at]
        if b == 0x7e:
            if at + 1 >= len(data):
                return None, 0, state
            follows = data[at + 1]
            if follows == 0x7e and not state:
                return "~", 2, state
            if follows == 0x7b and not state:
                return "", 2, 1
            if follows == 0x7d and state:
                return "", 2, 0
            if follows == 0x0a:
                return "", 2, state
            return None, 1, state
        if b >= 0x80:
            return None, 1, state
        if not state:
            return chr(b), 1, state
        if at + 1 >= len(data):
            return None, 0, state
        c = self.tables.codes.get(bytes([b | 0x80, data[at + 1] | 0x80]))
        return (c, 2, state) if c is not None else (None, 1, state)


def _within(place, n):
    if place < 0:
        place += n
    if not 0 <= place <= n:
        raise IndexError(f"position {place} from error handler out of bounds")
    return place


def getter(names):
    """The function getcodec of a module that has these codecs."""
    made = {}

    def getcodec(name, /):
        if not isinstance(name, str):
            raise TypeError("codec name must be a string.")
        if name not in names:
            raise LookupError("no such codec is supported.")
        if name not in made:
            kind = {"hz": _Hz, "iso2022_jp": _Iso2022Jp}.get(name, MultibyteCodec)
            made[name] = _Iso2022Jp(name, True) if name == "iso2022_jp_1" else kind(name)
        return made[name]

    return getcodec


class _Stateful:
    def __init__(self, errors="strict"):
        self.errors = errors
        self.reset()

    @property
    def errors(self):
        return self._errors

    @errors.setter
    def errors(self, errors):
        if not isinstance(errors, str):
            raise TypeError("errors must be a string")
        self._errors = errors


class MultibyteIncrementalEncoder(_Stateful):
    def encode(self, input, final=False):
        if not isinstance(input, str):
            raise TypeError("couldn't convert the object to str.")
        out, self._state = self.codec.encode_part(input, self.errors, self._state)
        if final:
            out += self.codec.end(self._state)
            self._state = self.codec.start
        return out

    def reset(self):
        self._state = self.codec.start

    def getstate(self):
        return self._state

    def setstate(self, state, /):
        if not isinstance(state, int):
            raise TypeError(f"argument 'state' must be int, not {type(state).__name__}")
        self._state = state


class MultibyteIncrementalDecoder(_Stateful):
    def decode(self, input, final=False):
        data = self._rest + bytes(input)
        text, self._rest, self._state = self.codec.decode_part(data, self.errors, final, self._state)
        return text

    def reset(self):
        self._rest, self._state = b"", self.codec.start

    def getstate(self):
        return self._rest, self._state

    def setstate(self, state, /):
        rest, number = state
        if not isinstance(rest, bytes) or not isinstance(number, int):
            raise TypeError("setstate(): illegal state argument")
        if len(rest) > 8:
            raise UnicodeDecodeError(self.codec.name, rest, 0, len(rest), "pending buffer too large")
        self._rest, self._state = rest, number


class MultibyteStreamReader:
    def __init__(self, stream, errors="strict"):
        self.stream = stream
        self.errors = errors
        self.reset()

    def reset(self):
        self._rest, self._state = b"", self.codec.start

    def _text(self, method, size):
        while True:
            data = getattr(self.stream, method)(*(() if size is None or size < 0 else (size,)))
            if not isinstance(data, bytes):
                raise TypeError(f"stream function returned a non-bytes object ({type(data).__name__})")
            final = not data or size is None or size < 0
            text, self._rest, self._state = self.codec.decode_part(self._rest + data, self.errors, final, self._state)
            # Only part of a character: a reader must not be told that the stream has ended.
            if text or final or not data:
                return text

    def read(self, sizeobj=None, /):
        return self._text("read", sizeobj)

    def readline(self, sizeobj=None, /):
        return self._text("readline", sizeobj)

    def readlines(self, sizehintobj=None, /):
        return self._text("read", sizehintobj).splitlines(True)


class MultibyteStreamWriter:
    def __init__(self, stream, errors="strict"):
        self.stream = stream
        self.errors = errors
        self._state = self.codec.start

    def write(self, strobj, /):
        out, self._state = self.codec.encode_part(strobj, self.errors, self._state)
        self.stream.write(out)

    def writelines(self, lines, /):
        for line in lines:
            self.write(line)

    def reset(self):
        out = self.codec.end(self._state)
        self._state = self.codec.start
        if out:
            self.stream.write(out)
