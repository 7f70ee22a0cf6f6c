"""Servers without a machine: the real application on an event loop with one thread, a clock set by hand and a
database whose answers come when the test says so.

What is real: `server.asgi.application`, its hubs, sockets, keepers and grouped calls, the actions and the database.
What is ours: the loop (nothing ever waits for real), the bus between processes, and the line to the client.
"""

from __future__ import annotations

import asyncio
import contextvars
import logging
import selectors
from asyncio import events
from collections.abc import Callable, Coroutine, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from server.asgi import application
from server.realtime import hub as hubs
from server.realtime.announcing import add_announcer, remove_announcer
from server.realtime.hub import Hub
from server.realtime.limits import SUBPROTOCOL
from server.wiring import make_hub

Message = dict[str, Any]
Hint = Mapping[str, Any]

_process: contextvars.ContextVar[Process | None] = contextvars.ContextVar("process", default=None)


class _IdleSelector(selectors.DefaultSelector):
    """Never waits: when the loop wants to, there is nothing left to do now."""

    def __init__(self) -> None:
        super().__init__()
        self.idle: Callable[[], None] = lambda: None

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        """Return what is ready; stop the loop instead of waiting."""
        if timeout != 0:
            self.idle()
        return super().select(0)


@dataclass(slots=True)
class Job:
    """A piece of database work: `begin` does it, `end` lets the loop have its result."""

    work: Callable[[], Any]
    future: asyncio.Future[Any]
    context: contextvars.Context
    outcome: Any = None
    problem: BaseException | None = None
    begun: bool = False

    def begin(self) -> None:
        """Do the work."""
        self.begun = True
        try:
            self.outcome = self.context.run(self.work)
        except Exception as problem:
            self.problem = problem

    def end(self) -> None:
        """Hand the result over, unless nobody waits for it any more."""
        if self.future.done():
            return
        if self.problem is not None:
            self.future.set_exception(self.problem)
        else:
            self.future.set_result(self.outcome)


class Loop(asyncio.SelectorEventLoop):
    """A loop that runs until it is idle, and whose clock goes only when it is told to.

    While `slow`, database work waits in `jobs` to be begun and ended by hand, each at a moment of its own.
    """

    def __init__(self, after_work: Callable[[], None]) -> None:
        selector = _IdleSelector()
        super().__init__(selector)
        selector.idle = self.stop
        self.slow, self.jobs = False, list[Job]()
        self.held = False
        self._after_work = after_work
        self._now = 0.0
        self.set_task_factory(_make_task)  # type: ignore[arg-type]  # it takes what asyncio passes

    def time(self) -> float:
        """Return the seconds that the test has let pass."""
        return self._now

    def run_until_idle(self) -> None:
        """Run until nothing more can happen by itself."""
        if not self.held:
            self.run_forever()

    @contextmanager
    def at_once(self) -> Iterator[None]:
        """Let everything that is done meanwhile reach the servers in the same moment."""
        self.held = True
        try:
            yield
        finally:
            self.held = False
        self.run_until_idle()

    def pass_time(self, seconds: float) -> None:
        """Let so many seconds go by, timer after timer."""
        end = self._now + seconds
        while self._now < end:
            self._now = min(end, self._now + 0.25)
            self.run_until_idle()

    def run_in_executor(self, executor: Any, func: Any, *args: Any) -> Any:  # type: ignore[override]  # asyncio types it with variadics
        """Do database work at once, or later while the database is slow; for a dead process never."""
        job = Job(lambda: func(*args), self.create_future(), contextvars.copy_context())
        process = _process.get()
        if process is not None and not process.alive:
            return job.future
        if self.slow:
            self.jobs.append(job)
        else:
            self._begin(job)
            job.end()
        return job.future

    def step_job(self, number: int) -> None:
        """Take one waiting job, if there is one, a step further: begin it, or end it when it was begun."""
        if not self.jobs:
            return
        job = self.jobs[number % len(self.jobs)]
        if not job.begun:
            self._begin(job)
        else:
            self.jobs.remove(job)
            job.end()
        self.run_until_idle()

    def finish_jobs(self) -> None:
        """Let the database keep up again."""
        self.slow = False
        while self.jobs:
            self.step_job(0)

    def _begin(self, job: Job) -> None:
        with _as_in_a_thread():
            job.begin()
            self._after_work()


@contextmanager
def _as_in_a_thread() -> Iterator[None]:
    """Hide the running loop: Django's guard against database work on it stays on everywhere else."""
    loop = events._get_running_loop()
    events._set_running_loop(None)
    try:
        yield
    finally:
        events._set_running_loop(loop)


def _make_task(loop: asyncio.AbstractEventLoop, coro: Coroutine[Any, Any, Any], **more: Any) -> asyncio.Task[Any]:
    task = asyncio.Task(coro, loop=loop, **more)
    process = _process.get()
    if process is not None:
        process.tasks.add(task)
        task.add_done_callback(process.tasks.discard)
    return task


class Bus:
    """Stands in for the bus of pokes: what one process publishes every process hears, unless hints are lost."""

    def __init__(self, house: House) -> None:
        self._house = house

    def start(self) -> None:
        """Nothing listens: the house calls."""

    async def stop(self) -> None:
        """Nothing was started."""

    def publish_heads(self, heads: Mapping[str, int]) -> None:
        """Tell every process where logs stand."""
        self._house.spread({"heads": dict(heads), "hints": []})

    def publish(self, hint: dict[str, Any]) -> None:
        """Tell every process something else."""
        self._house.spread({"heads": {}, "hints": [hint]})


@dataclass(eq=False)
class Process:
    """One server process: a hub and everything that was started on its behalf."""

    hub: Hub
    alive: bool = True
    tasks: set[asyncio.Task[Any]] = field(default_factory=set)
    lines: list[Line] = field(default_factory=list)

    def run(self, work: Callable[[], Any]) -> Any:
        """Do something in this process's name."""
        return contextvars.copy_context().run(self._run, work)

    def _run(self, work: Callable[[], Any]) -> Any:
        _process.set(self)
        return work()


class House:
    """Some server processes, the bus between them, and the lines that clients have to them."""

    def __init__(self, processes: int, after_work: Callable[[], None]) -> None:
        self.loop = Loop(after_work)
        self.deaf = False
        self.complaints: list[str] = []
        self._listener = _Listener(self.complaints)
        logging.getLogger("server").addHandler(self._listener)
        logging.getLogger("server").setLevel(logging.WARNING)
        add_announcer(self._announce)
        self.loop.set_exception_handler(lambda _, context: self.complaints.append(repr(context)))
        self.processes: list[Process] = []
        for _ in range(processes):
            self.processes.append(self._start())

    def restart(self, number: int) -> None:
        """Kill a process where it stands and start another in its place."""
        self._kill(self.processes[number])
        self.processes[number] = self._start()

    def close(self) -> None:
        """Kill what is left and let go of everything."""
        for process in self.processes:
            self._kill(process)
        remove_announcer(self._announce)
        logging.getLogger("server").removeHandler(self._listener)
        logging.getLogger("server").setLevel(logging.NOTSET)
        hubs._hub = None
        self.loop.close()

    def connect(self, number: int, token: str, took: Callable[[Line, Message], None]) -> Line:
        """Open a line to a process; `took` is called with every message that a living server sends over it."""
        process = self.processes[number]
        line = Line(self.loop, process, token, took)
        process.lines.append(line)
        hubs._hub = process.hub
        process.run(line.open)
        self.loop.run_until_idle()
        return line

    def spread(self, hint: Hint) -> None:
        """Bring a hint to every process."""
        for process in self.processes if not self.deaf else ():
            self.loop.call_soon(process.run, lambda process=process: process.hub._hear_poke(hint))

    def _announce(self, heads: Mapping[str, int]) -> None:
        """A commit is heard in its own process; one of no process is a worker's, which only has the bus."""
        process = _process.get()
        if process is None:
            self.spread({"heads": dict(heads), "hints": []})
        elif process.alive:
            process.hub._hear_commit(heads)

    def _start(self) -> Process:
        process = Process(make_hub())
        process.hub.bus = Bus(self)  # type: ignore[assignment]
        process.run(lambda: self.loop.call_soon(process.hub.ensure_started))
        self.loop.run_until_idle()
        remove_announcer(process.hub._hear_commit)
        return process

    def _kill(self, process: Process) -> None:
        process.alive = False
        for line in process.lines:
            line.cut = True
        self.loop.jobs = [job for job in self.loop.jobs if job.context.get(_process) is not process or job.begun]
        while process.tasks:
            for task in list(process.tasks):
                task.cancel()
            self.loop.run_until_idle()


class Line:
    """One WebSocket connection between a client and the application. `cut` says that the client has left it."""

    def __init__(self, loop: Loop, process: Process, token: str, took: Callable[[Line, Message], None]) -> None:
        self._loop, self._process, self._token, self._took = loop, process, token, took
        self._to_server: asyncio.Queue[Message] = asyncio.Queue()
        self.cut = False

    def open(self) -> None:
        """Shake hands."""
        scope = {
            "type": "websocket",
            "path": "/ws/v1",
            "headers": [(b"authorization", f"Bearer {self._token}".encode())],
            "subprotocols": [SUBPROTOCOL],
        }
        self._loop.create_task(application(scope, self._to_server.get, self._take))  # type: ignore[arg-type]
        self._to_server.put_nowait({"type": "websocket.connect"})

    def tell(self, text: str) -> None:
        """Send a text frame to the server."""
        self._put({"type": "websocket.receive", "text": text})

    def break_off(self) -> None:
        """Both sides notice that the line is gone; what is under way is lost."""
        self.cut = True
        self._put({"type": "websocket.disconnect", "code": 1006})

    def _put(self, message: Message) -> None:
        self._process.run(lambda: self._to_server.put_nowait(message))
        self._loop.run_until_idle()

    async def _take(self, message: Message) -> None:
        if not self._process.alive:
            return
        self._took(self, message)
        if message["type"] == "websocket.close":
            self._to_server.put_nowait({"type": "websocket.disconnect", "code": message.get("code", 1000)})


class _Listener(logging.Handler):
    """Notes what the server complains about: in a simulation nothing may go wrong."""

    def __init__(self, complaints: list[str]) -> None:
        super().__init__(logging.WARNING)
        self._complaints = complaints

    def emit(self, record: logging.LogRecord) -> None:
        """Note one entry."""
        self._complaints.append(f"{record.name}: {record.msg}")


@contextmanager
def open_house(processes: int, after_work: Callable[[], None]) -> Iterator[House]:
    """Yield a house and close it."""
    house = House(processes, after_work)
    try:
        yield house
    finally:
        house.close()
