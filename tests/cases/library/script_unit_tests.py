import unittest, io, sys, re
from unittest import mock
class T(unittest.TestCase):
    @classmethod
    def setUpClass(cls): cls.shared = []
    def setUp(self): self.addCleanup(self.shared.append, 1)
    def test_ok(self): self.assertEqual(1 + 1, 2)
    def test_fail(self): self.assertEqual([1, 2, 3], [1, 2, 4], "lists")
    def test_dict(self): self.assertDictEqual({"a": 1}, {"a": 2})
    def test_text(self): self.assertMultiLineEqual("a\nb\n", "a\nc\n")
    def test_err(self): {}["k"]
    @unittest.skip("not now")
    def test_skip(self): pass
    @unittest.expectedFailure
    def test_xfail(self): self.assertTrue(0)
    @unittest.expectedFailure
    def test_xpass(self): pass
    def test_sub(self):
        for i in range(3):
            with self.subTest(i=i): self.assertNotEqual(i, 1)
    def test_raises(self):
        with self.assertRaisesRegex(ValueError, "inv.*"): int("x")
        with self.assertRaises(KeyError) as cm: {}[1]
        self.assertEqual(cm.exception.args, (1,)); self.assertWarns(UserWarning, __import__("warnings").warn, "w")
        with self.assertLogs("x", "INFO") as l: __import__("logging").getLogger("x").info("hey")
        self.assertEqual(l.output, ["INFO:x:hey"]); self.assertAlmostEqual(1, 1.00000001); self.assertCountEqual("abc", "cab"); self.assertIn(1, [1]); self.assertIsInstance(1, int); self.assertRegex("abc", "b")
    def test_mock(self):
        m = mock.Mock(return_value=3, side_effect=[1, 2]); self.assertEqual((m(1, a=2), m()), (1, 2)); m.assert_any_call(1, a=2); self.assertEqual(m.call_args_list, [mock.call(1, a=2), mock.call()])
        with mock.patch("os.getcwd", return_value="/x"): self.assertEqual(__import__("os").getcwd(), "/x")
        with self.assertRaises(AssertionError) as e: m.assert_called_once_with(5)
        print(e.exception)
        mm = mock.MagicMock(); mm.__len__.return_value = 4; print(len(mm), mm["x"].y().z is mm["x"].y().z, mock.sentinel.a)
        with self.assertRaises(AttributeError): mock.Mock(spec=["a"]).b
class Async(unittest.IsolatedAsyncioTestCase):
    async def test_async(self):
        import asyncio; await asyncio.sleep(0); self.assertEqual(await mock.AsyncMock(return_value=2)(), 2)
def run(verbosity):
    s = io.StringIO(); suite = unittest.TestSuite([unittest.defaultTestLoader.loadTestsFromTestCase(c) for c in (T, Async)])
    r = unittest.TextTestRunner(s, verbosity=verbosity).run(suite); print(r); print(re.sub(r"in [\d.]+s", "in Xs", s.getvalue()).replace(__file__, "FILE"))
run(1); run(2)
sys.argv = ["x", "-q", "T.test_ok"]
unittest.main(exit=False)
try: unittest.main(argv=["x", "T.nope"])
except SystemExit as e: print("exit", e.code)
