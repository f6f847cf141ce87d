import os, pathlib, shutil, tempfile, glob, fnmatch, fileinput, filecmp, stat, io, sys, linecache
from pathlib import Path, PurePosixPath as P, PureWindowsPath as W
base = Path(tempfile.mkdtemp(prefix="t_")); os.chdir(base)
(base / "a" / "b").mkdir(parents=True); (base / "a/x.txt").write_text("hello\nworld\n", encoding="utf-8"); (base / "a/b/y.py").write_bytes(b"\x00\xff"); Path("a/.hid").touch(); os.symlink("x.txt", "a/link")
print(sorted(p.as_posix() for p in Path("a").rglob("*")), sorted(glob.glob("**/*", recursive=True)), glob.glob("a/[xy]*"), sorted(os.listdir("a")), sorted(glob.glob("*", root_dir="a", include_hidden=True)))
for root, d, f in os.walk("a"): print(root, sorted(d), sorted(f))
for r, d, f in Path("a").walk(top_down=False): print(r, sorted(d), sorted(f))
print(sorted((e.name, e.is_dir(), e.is_symlink()) for e in os.scandir("a")), os.path.getsize("a/x.txt"), stat.filemode(os.stat("a").st_mode), os.readlink("a/link"), Path("a/link").resolve().name, Path("a/x.txt").stat().st_size)
p = P("/usr/lib/python3.14/x.tar.gz"); print(p.parts, p.suffix, p.suffixes, p.stem, p.name, p.parent, p.parents[2], p.with_suffix(".zip"), p.with_name("q"), p.with_stem("z"), p.relative_to("/usr"), p.is_relative_to("/opt"), p.match("*.gz"), p.full_match("/usr/**/x.*"), p / "../y", p.as_uri(), P("a//b/./c"), P("."), P("a") < P("b"), repr(W(r"C:\x\..\y")), W("c:/a").drive, W("C:/A") == W("c:/a"), P("/a").joinpath("b", "/c"), P("~").name)
for f in [lambda: P("a").relative_to("b"), lambda: P("a").with_name(""), lambda: P("/").with_suffix("x"), lambda: Path("nope").read_text(), lambda: Path("a").unlink(), lambda: Path("a").rmdir(), lambda: Path("a").mkdir(), lambda: os.remove("zz"), lambda: open("a"), lambda: os.listdir("a/x.txt"), lambda: shutil.copy("zz", "y"), lambda: os.rename("zz", "yy"), lambda: P(1), lambda: open("x", "rw"), lambda: open("x\0y"), lambda: open("a/x.txt", "x"), lambda: os.mkdir("q/w"), lambda: Path("a") / 1, lambda: P("a").relative_to("b", walk_up=True), lambda: shutil.copyfile("a/x.txt", "a/x.txt")]:
    try: print(f())
    except Exception as e: print(type(e).__name__, e)
shutil.copytree("a", "c", ignore=shutil.ignore_patterns("*.py"), symlinks=True); print(sorted(str(x) for x in Path("c").rglob("*"))); shutil.move("c/x.txt", "moved"); print(Path("moved").exists(), shutil.make_archive("arc", "gztar", "a") == str(base / "arc.tar.gz")); shutil.unpack_archive("arc.tar.gz", "un"); print(sorted(os.listdir("un")), filecmp.cmp("a/x.txt", "un/x.txt"), shutil.disk_usage("/").total > 0, shutil.which("sh") is not None)
d = filecmp.dircmp("a", "un"); print(d.common_files, d.left_only, d.diff_files); shutil.rmtree("c"); print(os.path.exists("c"), Path("a/x.txt").read_text().splitlines(), linecache.getline("a/x.txt", 2))
with fileinput.input(["a/x.txt", "moved"], inplace=False) as fi:
    for line in fi: print(fi.filename(), fi.lineno(), fi.filelineno(), line.rstrip(), fi.isfirstline())
with fileinput.input("moved", inplace=True, backup=".bak") as fi:
    for line in fi: print(line.upper(), end="")
print(Path("moved").read_text(), Path("moved.bak").read_text(), fnmatch.filter(["a.py", "b.txt", "C.PY"], "*.py"), fnmatch.translate("a[!b]?*"), fnmatch.fnmatchcase("A", "a"))
with tempfile.NamedTemporaryFile("w+", suffix=".x", delete=False) as t: t.write("q"); name = t.name
print(os.path.exists(name), name.endswith(".x")); os.unlink(name)
with tempfile.TemporaryDirectory() as td: print(os.path.isdir(td))
with tempfile.SpooledTemporaryFile(max_size=10) as sp: sp.write(b"x" * 20); sp.seek(0); print(len(sp.read()), sp._rolled)
print(os.path.commonpath(["/a/b", "/a/c"]), os.path.normpath("a/../b//c"), os.path.splitext("x.tar.gz"), os.path.relpath("/a/b", "/a/c"), os.path.expandvars("$NOPE/x"), os.path.commonprefix(["abc", "abd"]), os.path.isabs("/"), os.path.splitroot("//a/b"), os.fspath(P("x")))
with open("w.bin", "w+b", buffering=0) as f: f.write(b"0123456789"); f.seek(-3, 2); print(f.read(), f.tell(), f.truncate(4), f)
with open("u.txt", "w", newline="\r\n", encoding="utf-16") as f: f.write("é\nx"); print(f)
print(open("u.txt", "rb").read(), open("u.txt", encoding="utf-16").read(), open("u.txt", encoding="ascii", errors="replace").read())
try: open("u.txt", encoding="utf-8").read()
except UnicodeDecodeError as e: print(e)
with open("a/x.txt") as f: print(f.readline(), f.tell(), f.read(3), f.seek(0), next(f), list(f), f.closed)
try: f.read()
except ValueError as e: print(e)
print(os.stat_result(range(10)), os.umask(0o22), os.access("a", os.R_OK), os.getenv("NOPE", "d"), os.path.samefile("a", "./a"), os.cpu_count() > 0, os.strerror(2), os.fsencode("é"), os.sep); os.utime("a/x.txt", (1, 2)); print(os.stat("a/x.txt").st_mtime_ns, Path("a/x.txt").owner() == Path("a").owner()); os.chdir("/"); shutil.rmtree(base)
