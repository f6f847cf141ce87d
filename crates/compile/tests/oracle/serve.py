"""Talks to the compiler: examples/serve.rs."""

import marshal
import os
import subprocess


class Server:
    def __init__(self, command):
        self.command = command
        self.start()

    def start(self):
        self.p = subprocess.Popen(self.command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)

    def request(self, source, filename="<string>", mode="exec", optimize=0, flags=0):
        """The code object, or the error as a tuple; None if the compiler died."""
        if isinstance(source, str):
            source = source.encode("utf-8", "surrogatepass")
        head = f"{mode} {optimize} {flags} {len(source)} {filename}\n".encode()
        try:
            self.p.stdin.write(head + source)
            self.p.stdin.flush()
            line = self.p.stdout.readline()
        except BrokenPipeError:
            line = b""
        if not line:
            self.p.wait()
            self.start()
            return None
        tag, size = line.split()
        data = self.p.stdout.read(int(size))
        if tag == b"E":
            return eval(data.decode("utf-8", "surrogatepass"))
        return marshal.loads(data, allow_code=True)
