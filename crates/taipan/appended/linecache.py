

# What follows is Taipan's: the text of a program given with -c is asked for when somebody wants lines.

def _taipan_program():
    import _imp
    for code, text in _imp._program_sources():
        _register_code(code, text, code.co_filename)

_taipan_program()
del _taipan_program
