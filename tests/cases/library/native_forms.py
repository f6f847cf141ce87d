# Library code that stands in for native modules is seen in no traceback and no stack.
import asyncio, decimal, inspect, sys, traceback
import xml.etree.ElementTree as ET


def frames(f):
    try:
        f()
    except Exception as e:
        print(repr(e), [x.name for x in traceback.extract_tb(e.__traceback__)], e.__context__)


class Loud(decimal.Decimal):
    def __new__(cls, value):
        print([f.function for f in inspect.stack()])
        return super().__new__(cls, value)


async def fails():
    await asyncio.sleep(0)
    raise ValueError("in a task")


async def main():
    print([f.function for f in inspect.stack()][:2], asyncio.Future, asyncio.Task)
    task = asyncio.create_task(fails())
    try:
        await task
    except ValueError as e:
        print([x.name for x in traceback.extract_tb(e.__traceback__)])
    async with asyncio.TaskGroup() as group:
        group.create_task(fails())


def events(frame, event, arg):
    seen.append((event, frame.f_code.co_name))


frames(lambda: decimal.Decimal(1) / 0)
frames(lambda: decimal.Decimal("x"))
frames(lambda: decimal.Decimal(1) + 1.5)
frames(lambda: Loud("y"))
frames(lambda: ET.fromstring("<a><b></a>"))
frames(lambda: ET.Element("a")[1])
frames(lambda: asyncio.run(main()))
seen = []
sys.settrace(events)
decimal.Decimal(2).sqrt()
sys.settrace(None)
print(seen)
