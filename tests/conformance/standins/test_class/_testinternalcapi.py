"""What test_class imports of CPython's module of this name, so that its other tests can run."""

import unittest


def has_inline_values(o):
    """Where the attributes of an object lie is CPython's own affair: tests that ask are skipped."""
    raise unittest.SkipTest("needs CPython's inline values")
