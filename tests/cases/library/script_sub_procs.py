import subprocess, sys, os, signal, tempfile
py = sys.executable
r = subprocess.run([py, "-c", "import sys; print('out'); print('err', file=sys.stderr); sys.exit(3)"], capture_output=True, text=True)
print(r.returncode, r.stdout, r.stderr, r.args[1:2])
for kw in [{"check": True}, {"timeout": .3}]:
    try: subprocess.run([py, "-c", "import time, sys; time.sleep(1) if len(sys.argv) > 1 else sys.exit(2)"] + (["x"] if "timeout" in kw else []), **kw)
    except subprocess.CalledProcessError as e: print(type(e).__name__, e.returncode, str(e).replace(py, "PY"))
    except subprocess.TimeoutExpired as e: print(type(e).__name__, e.timeout)
print(subprocess.check_output("echo $X; cat", shell=True, env={**os.environ, "X": "y z"}, input=b"stdin\n"))
p = subprocess.Popen([py, "-u", "-c", "while True: print(input().upper(), flush=True)"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, bufsize=1)
for w in ("one", "zwei"): p.stdin.write(w + "\n"); p.stdin.flush(); print(p.stdout.readline().strip())
print(p.poll()); p.terminate(); print(p.wait(), signal.Signals(-p.returncode).name); p.stdin.close(); p.stdout.close()
a = subprocess.Popen(["printf", "b\\na\\nc\\n"], stdout=subprocess.PIPE); b = subprocess.Popen(["sort"], stdin=a.stdout, stdout=subprocess.PIPE); a.stdout.close(); print(b.communicate()[0], a.wait())
for bad in (["/no/such/program"], ["/etc/passwd"], "", ["a\0b"], [1]):
    try: subprocess.run(bad)
    except Exception as e: print(type(e).__name__, e)
try: subprocess.run(["true"], cwd="/no/such/dir")
except OSError as e: print(type(e).__name__, e)
with tempfile.TemporaryFile("w+") as f:
    subprocess.run(["echo", "to file"], stdout=f); f.seek(0); print(f.read())
print(subprocess.getstatusoutput("exit 5"), subprocess.getoutput("echo hi; echo there"), subprocess.call(["false"]), repr(subprocess.CompletedProcess(["x"], 0, b"", None)))
with subprocess.Popen(["cat"], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as p:
    out, err = p.communicate(b"x" * 200000); print(len(out), err, p.returncode, repr(p))
print(subprocess.run([py, "-c", "import os; os.kill(os.getpid(), 9)"]).returncode, subprocess.list2cmdline(["a b", 'c"d']))
r = subprocess.run([py, "-c", "raise SystemExit('bye')"], stderr=subprocess.PIPE); print(r)if 0 else print(r.returncode, r.stderr)
print(subprocess.run([py, "-"], input=b"print(1+1)", stdout=subprocess.PIPE).stdout, subprocess.run([py, "-c", "import sys; print(sys.stdin.read())"], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE).stdout)
r, w = os.pipe(); print(subprocess.run([py, "-c", f"import os; os.write({w}, b'fd')"], pass_fds=[w]).returncode, os.read(r, 9))
print(subprocess.run([py, "-c", "print('x'*100000)"], stdout=subprocess.PIPE, start_new_session=True).stdout[:3], subprocess.run(["sh", "-c", "echo a; echo b >&2"], stdout=subprocess.PIPE, stderr=subprocess.STDOUT).stdout)
pid = os.fork()
if pid == 0: os._exit(7)
print(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))
