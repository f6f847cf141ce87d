"""Directories, archives and compiled files as programs; sources of the library."""
import inspect
import os
import py_compile
import subprocess
import sys
import tempfile
import textwrap
import zipfile

with tempfile.TemporaryDirectory() as d:
    os.chdir(d)
    os.mkdir("p")
    with open("p/__main__.py", "w") as f:
        f.write("import sys; print('directory', sys.argv, sys.path[0].endswith('/p'), __name__)\n")
    with open("s.py", "w") as f:
        f.write("print('compiled', __name__)\n")
    py_compile.compile("s.py", "s.pyc", doraise=True)
    with zipfile.ZipFile("z", "w", zipfile.ZIP_DEFLATED) as z:
        z.writestr("__main__.py", "import m; print('archive', m.x, __file__.endswith('z/__main__.py'))\nm.f()\n")
        z.writestr("m.py", "x = 5\ndef f():\n    1 / 0\n")
    for program in ("p", "s.pyc", "z"):
        r = subprocess.run([sys.executable, program, "a"], capture_output=True, text=True)
        print(r.returncode, r.stdout, r.stderr.splitlines()[-1:])
    os.chdir("/")

print(inspect.getsource(textwrap.dedent).splitlines()[0])
print(inspect.getsource(os.path.join).splitlines()[0])
