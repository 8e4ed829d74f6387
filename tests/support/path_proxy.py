"""A reverse proxy that takes a path off, as the ones in docs/how-to/behind-a-proxy.md do."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def taking_off(path: str, port: int, to_port: int) -> Iterator[None]:
    """Serve what is at a port at another port of loopback, below a path; elsewhere nothing."""

    async def pipe(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while piece := await reader.read(65_536):
                writer.write(piece)
                await writer.drain()
        except OSError:
            pass
        finally:
            writer.close()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            head = await reader.readuntil(b"\r\n\r\n")
        except (asyncio.IncompleteReadError, OSError):
            writer.close()
            return
        first, _, rest = head.partition(b"\r\n")
        method, target, version = first.split(b" ")
        below = target.removeprefix(path.encode())
        if below == target or not below.startswith(b"/"):
            writer.write(
                b"HTTP/1.1 404 Not Found\r\ncontent-length: 0\r\nconnection: close\r\n\r\n"
            )
            writer.close()
            return
        lines = rest.split(b"\r\n")
        if not any(x.lower().startswith(b"upgrade:") for x in lines):
            # One request a connection: the path of each has to be taken off.
            lines = [x for x in lines if not x.lower().startswith(b"connection:")]
            lines.insert(0, b"Connection: close")
        up_reader, up_writer = await asyncio.open_connection("127.0.0.1", to_port)
        up_writer.write(b" ".join((method, below, version)) + b"\r\n" + b"\r\n".join(lines))
        await asyncio.gather(pipe(reader, up_writer), pipe(up_reader, writer))

    async def run() -> None:
        asyncio.get_running_loop().set_exception_handler(lambda *_: None)
        ended = asyncio.Event()
        async with await asyncio.start_server(serve, "127.0.0.1", port):
            stop.append((asyncio.get_running_loop(), ended))
            ready.set()
            await ended.wait()

    # In a thread of its own: the browser's driver has the loop of this one.
    stop: list[tuple[asyncio.AbstractEventLoop, asyncio.Event]] = []
    ready = threading.Event()
    thread = threading.Thread(target=asyncio.run, args=(run(),), daemon=True)
    thread.start()
    assert ready.wait(10)
    try:
        yield
    finally:
        loop, ended = stop[0]
        loop.call_soon_threadsafe(ended.set)
        thread.join(10)
