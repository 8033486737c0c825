"""Runs the service behind waitress, and stops it without cutting an answer short."""

import signal
from contextlib import suppress
from time import monotonic
from typing import Any

from flask import Flask
from waitress import create_server, wasyncore

from intake.checks import SIZE
from intake.config import Place
from intake.log import log

THREADS = 8
LONGEST = 20.0  # seconds that a stop waits for answers
HEADERS = 16 * 1024  # bytes


def serve(app: Flask, place: Place) -> None:
    """Answer at `place` until SIGTERM or Ctrl-C, then finish what was begun.

    Call it from the main thread. Raises SystemExit if the port is taken.
    """
    sockets: dict[int, Any] = {}
    try:
        server = create_server(
            app,
            map=sockets,
            host=place.host,
            port=place.port,
            threads=THREADS,
            ident=None,
            max_request_body_size=SIZE,
            max_request_header_size=HEADERS,
            # The service has its own rule for whom to believe.
            clear_untrusted_proxy_headers=False,
        )
    except OSError as error:
        raise SystemExit(
            f"Cannot listen on {place.host}, port {place.port}: {error.strerror}. "
            "Choose another place in COMMENTS_LISTEN, such as 127.0.0.1:8101."
        ) from None
    stopping = False

    def stop(*_: object) -> None:
        nonlocal stopping
        stopping = True
        server.pull_trigger()  # ends the wait for the next request

    for name in (signal.SIGTERM, signal.SIGINT):
        signal.signal(name, stop)
    log("listening", host=place.host, port=server.effective_port)
    while not stopping:
        wasyncore.loop(timeout=1, use_poll=True, map=sockets, count=1)
    _finish(server, sockets)
    log("stopped")


def _finish(server: Any, sockets: dict[int, Any]) -> None:
    """Take no new connection; go on until each request has had its answer."""
    # Not server.close(), which also takes away what wakes the loop.
    wasyncore.dispatcher.close(server)
    end = monotonic() + LONGEST
    while monotonic() < end and any(map(_is_busy, server.active_channels.values())):
        wasyncore.loop(timeout=0.1, use_poll=True, map=sockets, count=1)
    server.task_dispatcher.shutdown()
    with suppress(OSError):
        wasyncore.close_all(sockets, ignore_all=True)


def _is_busy(channel: Any) -> bool:
    """Whether a connection has a request that came in part or waits for its answer."""
    return bool(channel.request or channel.requests or channel.total_outbufs_len)
