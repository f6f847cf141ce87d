"""Runs one module of CPython's test suite and tells what became of each test.

usage: runner.py SUITE MODULE REPORT [SKIP ...]

A SKIP that begins with "+" asks for that test instead.

SUITE is the directory that holds the package `test`. Each line of REPORT is a word and the name of a test: begin,
ok, fail, error, skip, xfail, xpass. A test that begins and does not end took the process with it. Names of tests
in SKIP are not run.
"""
import os
import sys
import unittest


try:
    import _taipan_tail as tail_calls
    with open(os.path.join(os.path.dirname(os.path.abspath(__file__)), "plain_calls.txt")) as file:
        PLAIN_CALLS = {line.strip() for line in file if not line.startswith("#")} - {""}
except ImportError:
    PLAIN_CALLS = set()


def short(test, module):
    name = test.id()
    for prefix in (module + ".", "test." + module + "."):
        if name.startswith(prefix):
            return name[len(prefix):]
    return name


class Result(unittest.TestResult):
    def __init__(self, report, module):
        super().__init__()
        self.report = report
        self.module = module

    def say(self, word, test):
        self.report.write(f"{word} {short(test, self.module)}\n")
        self.report.flush()

    def startTest(self, test):
        super().startTest(test)
        # What expects a RecursionError of a tail call gets ordinary calls.
        self.plain = f"{self.module} {short(test, self.module)}" in PLAIN_CALLS
        if self.plain:
            self.were_on = tail_calls.switch(False)
        self.bad = None
        self.say("begin", test)

    def stopTest(self, test):
        super().stopTest(test)
        if self.plain:
            tail_calls.switch(self.were_on)
        self.say(self.bad or "ok", test)

    def note(self, word, test, err=None):
        if not isinstance(test, unittest.TestCase):
            # setUpClass, setUpModule or an import that failed
            self.say("error", test)
        self.bad = self.bad if self.bad in ("fail", "error") else word
        if err is not None and os.environ.get("CONFORMANCE_VERBOSE"):
            print(f"==== {word}: {test}", flush=True)
            print(self._exc_info_to_string(err, test), flush=True)

    def addError(self, test, err):
        super().addError(test, err)
        self.note("error", test, err)

    def addFailure(self, test, err):
        super().addFailure(test, err)
        self.note("fail", test, err)

    def addSubTest(self, test, subtest, err):
        super().addSubTest(test, subtest, err)
        if err is not None:
            self.note("fail" if issubclass(err[0], test.failureException) else "error", subtest, err)

    def addSkip(self, test, reason):
        super().addSkip(test, reason)
        if isinstance(test, unittest.TestCase):
            self.note("skip", test)

    def addExpectedFailure(self, test, err):
        super().addExpectedFailure(test, err)
        self.note("xfail", test)

    def addUnexpectedSuccess(self, test):
        super().addUnexpectedSuccess(test)
        self.note("xpass", test)


def flat(suite):
    for t in suite:
        if isinstance(t, unittest.TestSuite):
            yield from flat(t)
        else:
            yield t


def without(suite, names, module):
    kept = []
    for t in suite:
        if isinstance(t, unittest.TestSuite):
            kept.append(without(t, names, module))
        elif short(t, module) not in names:
            kept.append(t)
    return type(suite)(kept)


def main():
    suite_dir, module, report, *skip = sys.argv[1:]
    sys.path.insert(0, suite_dir)
    # What a module asks of CPython's private modules, where Python can do it as well.
    sys.path.append(os.path.join(os.path.dirname(os.path.abspath(__file__)), "standins", module))
    only = [s[1:] for s in skip if s.startswith("+")]
    skip = [s for s in skip if not s.startswith("+")]
    try:
        from test import support
        support.verbose = 0
    except Exception:
        pass
    with open(report, "w") as report:
        loader = unittest.TestLoader()
        try:
            suite = loader.loadTestsFromName("test." + module)
        except unittest.SkipTest as e:
            report.write(f"skip {module}\n")
            return
        if only:
            wanted = [t for t in flat(suite) if any(short(t, module).endswith(o) for o in only)]
            suite = unittest.TestSuite(wanted)
        elif skip:
            suite = without(suite, set(skip), module)
        result = Result(report, module)
        suite.run(result)
        report.write("end\n")


if __name__ == "__main__":
    main()
