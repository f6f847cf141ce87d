

# What follows is Taipan's: as in the C form of the parser, a file is read in one call and errors stand alone.

def _taipan_parse_whole(self, source):
    read = source.read
    while data := read(65536):
        self.feed(data)
    return self.close()

def _taipan_raiseerror(self, value):
    err = ParseError(str(value))
    err.code = value.code
    err.position = value.lineno, value.offset
    try:
        raise err
    finally:
        err.__context__ = None

for _taipan_method, _taipan_name in (_taipan_parse_whole, "_parse_whole"), (_taipan_raiseerror, "_raiseerror"):
    _taipan_method.__name__ = _taipan_name
    _taipan_method.__qualname__ = f"XMLParser.{_taipan_name}"
    setattr(XMLParser, _taipan_name, _taipan_method)
del _taipan_method, _taipan_name, _taipan_parse_whole, _taipan_raiseerror
