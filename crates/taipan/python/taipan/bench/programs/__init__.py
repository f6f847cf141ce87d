"""The programs that the engines are timed with.

They lie in the project's folder bench/ and are put into the library beside this module. Each runs as a
main program and prints `seconds: …` last.
"""


def names():
    """The names of all programs."""
    import pkgutil

    return sorted(m.name for m in pkgutil.iter_modules(__path__))
