"""An address of this machine → an application answering on it until interrupted."""

from __future__ import annotations

import socket
from collections.abc import Awaitable, Callable, MutableMapping
from contextlib import suppress
from typing import Any

import uvicorn

from model import UnusableInput

App = Callable[[MutableMapping[str, Any], Any, Any], Awaitable[None]]


def listen(host: str, port: int) -> socket.socket:
    """A bound socket, to be closed by the caller; raises UnusableInput where it cannot be bound.

    It names its protocol, or asyncio would not know it for TCP and leave Nagle's algorithm on:
    headers and body are two writes, and the second would wait 40 ms for the client's delayed ACK.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listening = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listening.bind((host, port))
    except OSError as error:
        listening.close()
        raise UnusableInput(f"{host}:{port} cannot be listened on: {error.strerror}") from error
    return listening


def run(app: App, host: str, port: int) -> None:
    """Answer until interrupted. Raises UnusableInput for an address that cannot be listened on."""
    with listen(host, port) as listening, suppress(KeyboardInterrupt):  # Ctrl-C is how it ends
        config = uvicorn.Config(app, log_level="warning", lifespan="on")
        uvicorn.Server(config).run(sockets=[listening])
