"""Several server processes behind one address, and each browser always with the same one.

A page's session, its uploads and its downloads live in the process that serves it. So one
process accepts connections, looks at the head of the first request without taking it, and
hands the connection to the worker that the browser's cookie names; a browser without the
cookie goes to the next in turn, which sets it. After that nothing stands between the browser
and its worker. A worker that ends is started again; meanwhile others take its browsers.

A connection stays with one worker, so a proxy in front must not share its connections between
visitors, see ``docs/how-to/behind-a-proxy.md``.
"""

from __future__ import annotations

import asyncio
import logging
import re
import signal
import socket
import subprocess
import sys
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field

import uvicorn
from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from recommender.config import Settings, child_environment
from recommender.errors import RecommenderError
from ui.connections import HEAD_SECONDS, MAX_CONNECTIONS, SHUTDOWN_SECONDS

COOKIE = "paperloop-worker"
MAX_WORKERS = 64
_NAMED = re.compile(rb"[ ;]paperloop-worker=(\d{1,2})[;\r]")
_HEAD_END = b"\r\n\r\n"
_MAX_HEAD = 64 * 1024
_LOOK_SECONDS = 0.02
_RESTART_SECONDS = 1.0
_READY = b"r"
_CONNECTION = b"c"
_log = logging.getLogger(__name__)


@dataclass(slots=True)
class _Worker:
    """One server process and the channel on which it is handed connections."""

    number: int
    process: subprocess.Popen[bytes]
    channel: socket.socket
    ready: asyncio.Event = field(default_factory=asyncio.Event)


class Front:
    """Accepts connections at one address and hands each to one of several workers.

    Parameters
    ----------
    settings
        The library's settings; every worker opens the library itself.
    host, port
        Where the workers are reached.
    workers
        How many there are, 2 to `MAX_WORKERS`.
    sign_in_required
        Whether readers sign in: decided once, so that a worker that takes the place of another
        does not decide otherwise after ``secrets.toml`` has vanished.
    """

    def __init__(
        self, settings: Settings, *, host: str, port: int, workers: int, sign_in_required: bool
    ) -> None:
        self._settings, self._host, self._port = settings, host, port
        self._sign_in_required = sign_in_required
        self._workers: dict[int, _Worker] = {}
        self._n = workers
        self._turn = 0
        self._waiting = 0
        self._stopping = False

    async def run(self, when_ready: Callable[[], None]) -> None:
        """Serve until the process is told to stop; calls `when_ready` once a worker serves."""
        loop = asyncio.get_running_loop()
        stop = asyncio.Event()
        for number in (signal.SIGINT, signal.SIGTERM):
            loop.add_signal_handler(number, stop.set)
        listener = _listen(self._host, self._port)
        try:
            watching = [asyncio.create_task(self._keep(i)) for i in range(self._n)]
            while not any(x.ready.is_set() for x in self._workers.values()):
                if stop.is_set() or all(x.done() for x in watching):
                    break
                await asyncio.sleep(_LOOK_SECONDS)
            when_ready()
            accepting = asyncio.create_task(self._accept(listener))
            await stop.wait()
            accepting.cancel()
        finally:
            self._stopping = True
            listener.close()
            await self._stop_workers()

    async def _keep(self, number: int) -> None:
        """Start a worker, and again whenever it ends."""
        while not self._stopping:
            worker = self._workers[number] = self._start(number)
            await self._wait_until_ready(worker)
            while worker.process.poll() is None:
                await asyncio.sleep(_RESTART_SECONDS / 4)
            worker.ready.clear()
            worker.channel.close()
            if self._stopping:
                return
            _log.warning("Server process %d has ended; another takes its place.", number + 1)
            await asyncio.sleep(_RESTART_SECONDS)

    def _start(self, number: int) -> _Worker:
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_STREAM)
        program = (
            "import sys; from recommender.launch import serve_worker;"
            "serve_worker(*map(int, sys.argv[1:5]), sys.argv[5])"
        )
        sign_in = int(self._sign_in_required)
        words = [theirs.fileno(), number, self._port, sign_in, self._host]
        process = subprocess.Popen(  # noqa: S603 - our own program, no shell
            [sys.executable, "-c", program, *map(str, words)],
            env=child_environment(self._settings),
            pass_fds=[theirs.fileno()],
            stdin=subprocess.DEVNULL,
        )
        theirs.close()
        ours.setblocking(False)
        return _Worker(number, process, ours)

    async def _wait_until_ready(self, worker: _Worker) -> None:
        loop = asyncio.get_running_loop()
        with suppress(OSError):
            if await loop.sock_recv(worker.channel, 1) == _READY:
                worker.ready.set()

    async def _accept(self, listener: socket.socket) -> None:
        loop = asyncio.get_running_loop()
        handing: set[asyncio.Task[None]] = set()
        while True:
            try:
                connection, _ = await loop.sock_accept(listener)
            except OSError:  # too many open files: those that wait will end
                await asyncio.sleep(_LOOK_SECONDS)
                continue
            if self._waiting >= MAX_CONNECTIONS:
                connection.close()
                continue
            task = asyncio.create_task(self._hand_over(connection))
            handing.add(task)
            task.add_done_callback(handing.discard)

    async def _hand_over(self, connection: socket.socket) -> None:
        self._waiting += 1
        try:
            connection.setblocking(False)
            head = await _first_head(connection)
            if head is None:
                return
            worker = self._choose(head)
            if worker is not None:
                with suppress(OSError):  # it has just ended; the browser asks again
                    socket.send_fds(worker.channel, [_CONNECTION], [connection.fileno()])
        finally:
            self._waiting -= 1
            connection.close()

    def _choose(self, head: bytes) -> _Worker | None:
        named = _NAMED.search(head)
        held = self._workers.get(int(named[1])) if named else None
        if held is not None and held.ready.is_set():
            return held
        for _ in range(self._n):
            self._turn = (self._turn + 1) % self._n
            worker = self._workers.get(self._turn)
            if worker is not None and worker.ready.is_set():
                return worker
        return None

    async def _stop_workers(self) -> None:
        for worker in self._workers.values():
            worker.process.terminate()
        for worker in self._workers.values():
            try:
                await asyncio.to_thread(worker.process.wait, 2 * SHUTDOWN_SECONDS)
            except subprocess.TimeoutExpired:
                worker.process.kill()


async def _first_head(connection: socket.socket) -> bytes | None:
    """Return the head of the first request without taking it; None if none comes in time."""
    loop = asyncio.get_running_loop()
    end = loop.time() + HEAD_SECONDS
    readable = asyncio.Event()
    loop.add_reader(connection, readable.set)
    try:
        async with asyncio.timeout(HEAD_SECONDS):
            await readable.wait()
    except TimeoutError:
        return None
    finally:
        loop.remove_reader(connection)
    while loop.time() < end:
        try:
            head = connection.recv(_MAX_HEAD, socket.MSG_PEEK)
        except OSError:
            return None
        if not head:
            return None
        if _HEAD_END in head or len(head) == _MAX_HEAD:
            return head
        await asyncio.sleep(_LOOK_SECONDS)  # what has come already stays readable
    return None


def _listen(host: str, port: int) -> socket.socket:
    family, kind, _, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
    listener = socket.socket(family, kind)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listener.bind(address)
    listener.listen(2048)
    listener.setblocking(False)
    return listener


def require_workers() -> None:
    """Raise RecommenderError where connections cannot be handed to other processes."""
    if not hasattr(socket, "send_fds"):
        raise RecommenderError("Several workers need Linux or macOS; leave --workers away.")


class WorkerCookie:
    """ASGI middleware that lets a browser name its worker from now on."""

    def __init__(self, app: ASGIApp, number: int) -> None:
        self.app, self._number = app, number

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, and add the cookie to its answer where it is missing."""
        if scope["type"] != "http" or self._is_named(scope["headers"]):
            await self.app(scope, receive, send)
            return

        async def send_with_cookie(message: Message) -> None:
            if message["type"] == "http.response.start":
                cookie = f"{COOKIE}={self._number}; Path=/; HttpOnly; SameSite=Lax"
                MutableHeaders(scope=message).append("set-cookie", cookie)
            await send(message)

        await self.app(scope, receive, send_with_cookie)

    def _is_named(self, headers: Sequence[tuple[bytes, bytes]]) -> bool:
        mine = f"{COOKIE}={self._number}".encode()
        return any(mine in x.split(b"; ") for name, x in headers if name == b"cookie")


class WorkerServer(uvicorn.Server):
    """A server that is handed its connections on a channel instead of listening."""

    def __init__(self, config: uvicorn.Config, channel: socket.socket) -> None:
        super().__init__(config)
        self._channel = channel
        self._connecting: set[asyncio.Task[object]] = set()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Start the application, and say on the channel that it serves."""
        await super().startup(sockets=[])
        self._channel.setblocking(False)
        asyncio.get_running_loop().add_reader(self._channel, self._take)
        self._channel.send(_READY)

    def _take(self) -> None:
        loop = asyncio.get_running_loop()
        try:
            data, handles, _, _ = socket.recv_fds(self._channel, 64, 64)
        except BlockingIOError:
            return
        except OSError:
            data, handles = b"", []
        for handle in handles:
            connection = socket.socket(fileno=handle)
            connection.setblocking(False)
            task = loop.create_task(loop.connect_accepted_socket(self._protocol, connection))
            self._connecting.add(task)
            task.add_done_callback(self._connecting.discard)
        if not data:  # the process that accepts has ended
            loop.remove_reader(self._channel)
            self.should_exit = True

    def _protocol(self) -> asyncio.Protocol:
        config = self.config
        return config.http_protocol_class(  # type: ignore[call-arg]
            config=config, server_state=self.server_state, app_state=self.lifespan.state
        )
