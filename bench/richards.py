"""A simulated operating system: tasks, packets, queues."""

IDLE, WORKER, HANDLER_A, HANDLER_B, DEVICE_A, DEVICE_B = range(1, 7)
DEVICE_PACKET, WORK_PACKET = 1000, 1001
SIZE = 4


class Packet:
    def __init__(self, link, ident, kind):
        self.link = link
        self.ident = ident
        self.kind = kind
        self.datum = 0
        self.data = [0] * SIZE

    def append_to(self, queue):
        self.link = None
        if queue is None:
            return self
        p = queue
        while p.link is not None:
            p = p.link
        p.link = self
        return queue


class Task:
    def __init__(self, system, ident, priority, queue, waiting, packet):
        self.system = system
        self.ident = ident
        self.priority = priority
        self.queue = queue
        self.packet_pending = packet
        self.waiting = waiting
        self.holding = False
        self.next = system.first
        system.first = self
        system.table[ident] = self

    def step(self, packet):
        raise NotImplementedError

    def is_held_or_waiting(self):
        return self.holding or (not self.packet_pending and self.waiting)

    def run(self):
        packet = None
        if self.waiting and self.packet_pending and not self.holding:
            packet = self.queue
            self.queue = packet.link
            self.waiting = False
            self.packet_pending = self.queue is not None
        return self.step(packet)

    def add(self, packet, old):
        if self.queue is None:
            self.queue = packet
            self.packet_pending = True
            if self.priority > old.priority:
                return self
        else:
            packet.append_to(self.queue)
        return old

    def wait(self):
        self.waiting = True
        return self

    def hold(self):
        self.system.held += 1
        self.holding = True
        return self.next

    def release(self, ident):
        task = self.system.table[ident]
        task.holding = False
        return task if task.priority > self.priority else self

    def send(self, packet):
        task = self.system.table[packet.ident]
        self.system.queued += 1
        packet.link = None
        packet.ident = self.ident
        return task.add(packet, self)


class Idle(Task):
    def __init__(self, system, count):
        super().__init__(system, IDLE, 0, None, False, False)
        self.control = 1
        self.count = count

    def step(self, packet):
        self.count -= 1
        if self.count == 0:
            return self.hold()
        if self.control & 1 == 0:
            self.control //= 2
            return self.release(DEVICE_A)
        self.control = self.control // 2 ^ 0xD008
        return self.release(DEVICE_B)


class Worker(Task):
    def __init__(self, system, queue):
        super().__init__(system, WORKER, 1000, queue, True, True)
        self.target = HANDLER_A
        self.count = 0

    def step(self, packet):
        if packet is None:
            return self.wait()
        self.target = HANDLER_B if self.target == HANDLER_A else HANDLER_A
        packet.ident = self.target
        packet.datum = 0
        for i in range(SIZE):
            self.count += 1
            if self.count > 26:
                self.count = 1
            packet.data[i] = 64 + self.count
        return self.send(packet)


class Handler(Task):
    def __init__(self, system, ident, priority, queue):
        super().__init__(system, ident, priority, queue, True, True)
        self.work = None
        self.device = None

    def step(self, packet):
        if packet is not None:
            if packet.kind == WORK_PACKET:
                self.work = packet.append_to(self.work)
            else:
                self.device = packet.append_to(self.device)
        work = self.work
        if work is None:
            return self.wait()
        if work.datum >= SIZE:
            self.work = work.link
            return self.send(work)
        device = self.device
        if device is None:
            return self.wait()
        self.device = device.link
        device.datum = work.data[work.datum]
        work.datum += 1
        return self.send(device)


class Device(Task):
    def __init__(self, system, ident, priority):
        super().__init__(system, ident, priority, None, True, False)
        self.pending = None

    def step(self, packet):
        if packet is None:
            packet = self.pending
            if packet is None:
                return self.wait()
            self.pending = None
            return self.send(packet)
        self.pending = packet
        return self.hold()


class System:
    def __init__(self):
        self.first = None
        self.table = [None] * 10
        self.held = 0
        self.queued = 0

    def schedule(self):
        task = self.first
        while task is not None:
            if task.is_held_or_waiting():
                task = task.next
            else:
                task = task.run()


def simulate():
    system = System()
    Idle(system, 4000)
    queue = Packet(None, 0, WORK_PACKET)
    queue = Packet(queue, 0, WORK_PACKET)
    Worker(system, queue)
    for ident, device, priority in (HANDLER_A, DEVICE_A, 2000), (HANDLER_B, DEVICE_B, 3000):
        queue = None
        for _ in range(3):
            queue = Packet(queue, device, DEVICE_PACKET)
        Handler(system, ident, priority, queue)
    Device(system, DEVICE_A, 4000)
    Device(system, DEVICE_B, 5000)
    system.schedule()
    return system.held, system.queued


def main():
    return [simulate() for _ in range(4)][-1]


EXPECTED = (3672, 9182)


if __name__ == "__main__":
    from time import perf_counter

    begin = perf_counter()
    result = main()
    elapsed = perf_counter() - begin
    assert result == EXPECTED, result
    print("seconds:", elapsed)
