"""A scheduler for coroutines, asynchronous iteration and contexts, without asyncio."""
import heapq
import types
from collections import deque
from contextlib import asynccontextmanager, AsyncExitStack


@types.coroutine
def call(op, *args):
    return (yield (op, *args))


class Loop:
    def __init__(self):
        self.ready = deque()
        self.timers = []
        self.now = 0
        self.seq = 0
        self.waiting = {}

    def spawn(self, coro, name):
        t = Task(coro, name)
        self.ready.append((t, None))
        return t

    def run(self):
        while self.ready or self.timers:
            if not self.ready:
                self.now, _, t = heapq.heappop(self.timers)
                self.ready.append((t, None))
            task, value = self.ready.popleft()
            try:
                request = task.step(value)
            except StopIteration as e:
                task.finish(self, e.value)
                continue
            except Exception as e:
                task.fail(self, e)
                continue
            match request:
                case ("sleep", dt):
                    self.seq += 1
                    heapq.heappush(self.timers, (self.now + dt, self.seq, task))
                case ("join", Task() as other):
                    if other.done:
                        self.ready.append((task, other.outcome()))
                    else:
                        other.waiters.append(task)
                case ("now",):
                    self.ready.append((task, self.now))
                case ("spawn", coro, name):
                    self.ready.append((task, self.spawn(coro, name)))
                case other:
                    task.error = RuntimeError(f"bad request {other!r}")
                    self.ready.append((task, None))


class Task:
    def __init__(self, coro, name):
        self.coro, self.name = coro, name
        self.done = False
        self.result = self.error = None
        self.waiters = []

    def step(self, value):
        if self.error:
            e, self.error = self.error, None
            return self.coro.throw(e)
        return self.coro.send(value)

    def outcome(self):
        return (self.result, self.error)

    def finish(self, loop, value):
        self.done, self.result = True, value
        print(f"[{loop.now}] {self.name} finished: {value!r}")
        loop.ready.extend((w, self.outcome()) for w in self.waiters)

    def fail(self, loop, e):
        self.done, self.error = True, e
        print(f"[{loop.now}] {self.name} failed: {e!r}")
        loop.ready.extend((w, self.outcome()) for w in self.waiters)


async def sleep(n):
    await call("sleep", n)


class Ticker:
    def __init__(self, n, dt):
        self.n, self.dt = n, dt

    def __aiter__(self):
        return self

    async def __anext__(self):
        if not self.n:
            raise StopAsyncIteration
        self.n -= 1
        await sleep(self.dt)
        return self.n, await call("now")


async def agen(n):
    try:
        for i in range(n):
            await sleep(1)
            got = yield i
            if got:
                print("agen got", got)
    finally:
        print("agen closed")


@asynccontextmanager
async def resource(name):
    print("open", name)
    await sleep(1)
    try:
        yield name
    finally:
        await sleep(1)
        print("close", name)


async def worker(name, n):
    async with resource(name) as r:
        total = 0
        async for i, now in Ticker(n, 2):
            total += i
            print(f"  {name} tick {i} at {now}")
        if n == 2:
            raise ValueError(f"{r} is unlucky")
        return total


async def main():
    tasks = [await call("spawn", worker(f"w{i}", i), f"w{i}") for i in range(1, 4)]
    for t in tasks:
        result, error = await call("join", t)
        print("joined", t.name, result, repr(error))
    print([x async for x in agen(3)])
    print({x: y async for x, y in Ticker(3, 1) if x != 1})
    g = agen(5)
    print(await anext(g), await g.asend("hello"), await anext(g, "x"))
    await g.aclose()
    print(await anext(g, "exhausted"))
    async with AsyncExitStack() as stack:
        for n in "xy":
            await stack.enter_async_context(resource(n))
        print("in stack")
    try:
        await call("nonsense")
    except RuntimeError as e:
        print(e)
    try:
        async with 3:
            pass
    except TypeError as e:
        print(e)
    try:
        async for i in [1]:
            pass
    except TypeError as e:
        print(e)
    try:
        await 3
    except TypeError as e:
        print(e)
    return sum([i async for i in agen(4) if i % 2])

loop = Loop()
loop.spawn(main(), "main")
loop.run()
print("time", loop.now)
c = main()
print(c.cr_running, c.cr_await, type(c).__name__, c.cr_code.co_name)
c.close()
