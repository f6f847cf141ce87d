"""What is told of exceptions that finalizers of files, sockets and the like raise, and where."""

import os
import re
import socket
import sys
import warnings


def hook(args):
    tb, lines = args.exc_traceback, []
    while tb is not None:
        lines.append((tb.tb_frame.f_code.co_name, tb.tb_lineno))
        tb = tb.tb_next
    print(re.sub("0x[0-9a-f]+|fd=[0-9]+|laddr=.*", "…", str(args.err_msg)), args.object, args.exc_type.__name__, lines)


sys.unraisablehook = hook


def full_disk():
    open("/dev/full", "w").write("x")


class Delegate:
    def __iter__(self):
        return self

    def __next__(self):
        return 1

    @property
    def close(self):
        raise ValueError("no close")

    def __repr__(self):
        return "<Delegate>"


def delegating():
    yield from Delegate()


def unclosed_socket():
    socket.socket()


def unclosed_file():
    open("/dev/null")


def unclosed_directory():
    next(os.scandir("/"))


class Deleted:
    def __del__(self):
        1 / 0


full_disk()
g = delegating()
next(g)
g.close()
with warnings.catch_warnings():
    warnings.simplefilter("error", ResourceWarning)
    unclosed_socket()
    unclosed_file()
    unclosed_directory()
Deleted()
