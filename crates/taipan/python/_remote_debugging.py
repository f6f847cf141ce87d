"""Looking into other processes, which Taipan cannot do: the names are there for `asyncio.tools`."""

from collections import namedtuple

PROCESS_VM_READV_SUPPORTED = False

FrameInfo = namedtuple("FrameInfo", "filename lineno funcname")
TaskInfo = namedtuple("TaskInfo", "task_id task_name coroutine_stack awaited_by")
CoroInfo = namedtuple("CoroInfo", "call_stack task_name")
ThreadInfo = namedtuple("ThreadInfo", "thread_id frame_list")
AwaitedInfo = namedtuple("AwaitedInfo", "thread_id awaited_by")


class RemoteUnwinder:
    """Raises RuntimeError."""

    def __init__(self, pid, *, all_threads=False, debug=False):
        raise RuntimeError("Remote debugging is not supported by Taipan")
