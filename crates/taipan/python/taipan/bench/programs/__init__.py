"""The programs that the engines are timed with.

They lie in the project's folder bench/ and are put into the library beside this module. Each has a function
`main` whose result must be `EXPECTED`; as a main program it prints `seconds: …` last.
"""


def names():
    """The names of all programs."""
    import pkgutil

    return sorted(m.name for m in pkgutil.iter_modules(__path__))


def best(name, repeats):
    """The shortest time of a program among some, in seconds."""
    import importlib
    import time

    module = importlib.import_module(f"{__name__}.{name}")
    shortest = float("inf")
    for _ in range(repeats):
        begin = time.perf_counter()
        result = module.main()
        shortest = min(shortest, time.perf_counter() - begin)
        if result != module.EXPECTED:
            raise AssertionError(f"{name} gives {result!r}")
    return shortest
