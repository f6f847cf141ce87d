import threading, queue, time, concurrent.futures as cf, contextvars
lock, total = threading.Lock(), 0
def add(n):
    global total
    for _ in range(n):
        with lock: total += 1
ts = [threading.Thread(target=add, args=(1000,), name=f"w{i}") for i in range(5)]
[t.start() for t in ts]; [t.join() for t in ts]; print(total, [t.name for t in ts], ts[0].is_alive(), threading.active_count(), threading.current_thread().name, repr(threading.main_thread()).split(",")[0])
q = queue.Queue(maxsize=2); got = []
def consume():
    while (x := q.get()) is not None: got.append(x * x); q.task_done()
    q.task_done()
c = threading.Thread(target=consume, daemon=True); c.start()
for i in range(10): q.put(i)
q.put(None); q.join(); c.join(); print(got, q.empty(), q.qsize())
for f in [lambda: q.get_nowait(), lambda: q.get(timeout=.01), lambda: (q.put(1), q.put(2), q.put_nowait(3))]:
    try: f()
    except Exception as e: print(type(e).__name__, e)
pq = queue.PriorityQueue(); [pq.put(x) for x in (3, 1, 2)]; print([pq.get() for _ in range(3)]); lq = queue.LifoQueue(); lq.put(1); lq.put(2); print(lq.get()); q.shutdown()
try: q.put(9)
except queue.ShutDown as e: print("ShutDown", e)
with cf.ThreadPoolExecutor(3, thread_name_prefix="pool") as ex:
    print(list(ex.map(lambda x: x * 2, range(5)))); fs = [ex.submit(pow, 2, i) for i in range(4)]; print(sorted(f.result() for f in cf.as_completed(fs)))
    f = ex.submit(lambda: 1 / 0); print(repr(f.exception()), f.done()); 
    try: f.result()
    except ZeroDivisionError as e: print(e)
    s = ex.submit(time.sleep, .2)
    try: s.result(timeout=.01)
    except cf.TimeoutError as e: print("timeout", type(e).__name__)
    done, pending = cf.wait([s]); print(len(done), len(pending)); s.add_done_callback(lambda f: print("callback", f.result()))
try: ex.submit(int)
except RuntimeError as e: print(e)
e = threading.Event(); print(e.wait(.01), e.is_set()); threading.Timer(.02, e.set).start(); print(e.wait(2))
b = threading.Barrier(3); res = []; ws = [threading.Thread(target=lambda: res.append(b.wait())) for _ in range(3)]; [w.start() for w in ws]; [w.join() for w in ws]; print(sorted(res))
loc = threading.local(); loc.x = 1
def look(): res.append(hasattr(loc, "x")); loc.x = 5
t = threading.Thread(target=look); t.start(); t.join(); print(res[-1], loc.x)
cond = threading.Condition(); items = []
def prod():
    with cond: items.append(1); cond.notify_all()
with cond: threading.Thread(target=prod).start(); print(cond.wait_for(lambda: items, 2))
sem = threading.BoundedSemaphore(1); sem.acquire(); print(sem.acquire(blocking=False)); sem.release()
for f in [sem.release, lock.release, lambda: threading.Thread(target=1).join(), lambda: threading.RLock().release(), lambda: t.start(), threading.current_thread().join]:
    try: f()
    except Exception as x: print(type(x).__name__, x)
def hook(a): print("hook", a.exc_type.__name__, a.exc_value, a.thread.name)
threading.excepthook = hook; t = threading.Thread(target=lambda: 1 / 0, name="bad"); t.start(); t.join()
v = contextvars.ContextVar("v", default=0); v.set(3); ctx = contextvars.copy_context(); print(ctx.run(v.get), list(ctx.items())[-1:][0][1] if v in ctx else None); ctx.run(v.set, 9); print(v.get(), ctx[v])
