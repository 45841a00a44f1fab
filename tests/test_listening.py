"""The socket that pages are served on."""

from __future__ import annotations

import asyncio
import socket

import pytest

from model import UnusableInput
from store.listening import listen


@pytest.mark.parametrize("host", ["127.0.0.1", "::1"])
def test_an_answer_does_not_wait_for_the_clients_acknowledgement(host: str) -> None:
    """TCP_NODELAY on what asyncio accepted: without it headers and body are 40 ms apart."""

    async def accepted() -> int:
        told: asyncio.Future[int] = asyncio.get_running_loop().create_future()

        async def answer(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            wire = writer.get_extra_info("socket")
            told.set_result(wire.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY))
            writer.close()

        with listen(host, 0) as listening:
            async with await asyncio.start_server(answer, sock=listening):
                _, writer = await asyncio.open_connection(host, listening.getsockname()[1])
                found = await told
                writer.close()
                return found

    assert asyncio.run(accepted())


def test_an_address_taken_is_told() -> None:
    with listen("127.0.0.1", 0) as taken:
        port = taken.getsockname()[1]
        taken.listen()
        with pytest.raises(UnusableInput, match=f"127.0.0.1:{port} cannot be listened on"):
            listen("127.0.0.1", port)
