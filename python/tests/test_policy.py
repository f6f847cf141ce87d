"""The literate cases of the tail-position policy, compiled by this CPython."""

import pathlib
import re
import unittest

from taipan_tail import explain

CASES = pathlib.Path(__file__).parents[2] / "crates" / "tail" / "tests" / "policy"


def cases():
    for path in sorted(CASES.glob("*.md")):
        title = None
        for part in re.split(r"^## ", path.read_text(), flags=re.M)[1:]:
            title = part.splitlines()[0]
            for text in re.findall(r"^```py\n(.*?)^```", part, flags=re.M | re.S):
                yield path.name, title, text


@unittest.skipUnless(CASES.is_dir(), "needs the repository")
class Policy(unittest.TestCase):
    def test_cases(self):
        count = 0
        for file, title, text in cases():
            with self.subTest(file=file, title=title):
                scope = {}
                exec(text, scope)
                comments = ";".join(re.findall(r"# (.*)$", text, flags=re.M))
                want = sorted(c.strip().removeprefix("not: ") for c in comments.split(";"))
                got = sorted(c.reason_id or "tail" for c in explain(scope["f"]) if c.own)
                self.assertEqual(got, want)
                count += 1
        self.assertGreater(count, 15)


if __name__ == "__main__":
    unittest.main()
