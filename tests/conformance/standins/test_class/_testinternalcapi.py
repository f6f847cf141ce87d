"""What test_class asks of CPython's module of this name."""


def has_inline_values(o):
    """Do the object's attributes lie in the object itself?

    As a program sees it: until its dictionary has been asked for.
    """
    flags = type(o).__flags__
    return bool(flags & (1 << 2))
