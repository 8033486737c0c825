"""The addresses of the service: the one that comments go to, and its health."""

import logging
from http import HTTPStatus
from typing import Any

from flask import Flask, Response, request
from werkzeug.exceptions import HTTPException

from intake.answer import Theme
from intake.checks import SIZE, Again, Checks, Page, Request
from intake.log import log
from intake.queue import QueueError
from intake.stories import StoriesError

AGAIN_IN = "60"  # seconds


def make_app(checks: Checks, theme: Theme) -> Flask:
    """Return the service as a WSGI application."""
    app = Flask("intake", static_folder=None)
    app.config["MAX_CONTENT_LENGTH"] = SIZE

    @app.post("/", provide_automatic_options=False)
    def take() -> Response:
        answer = checks.take(_request())
        if isinstance(answer, Page):
            return _answer(HTTPStatus.SEE_OTHER, Location=answer.address)
        if isinstance(answer, Again):
            return _form(theme, answer)
        return _answer(answer.status, answer.sentence)

    @app.get("/health", provide_automatic_options=False)
    def health() -> Response:
        try:
            checks.stories.check()
            checks.queue.check()
        except (StoriesError, QueueError) as error:
            log("unhealthy", logging.ERROR, why=str(error))
            return _answer(HTTPStatus.SERVICE_UNAVAILABLE, "The service has a fault.")
        return _answer(HTTPStatus.OK, "The service is well.")

    @app.errorhandler(HTTPException)
    def refuse(error: HTTPException) -> Response:
        status = error.code or HTTPStatus.INTERNAL_SERVER_ERROR
        log("refused", status=status)
        allowed = getattr(error, "valid_methods", None)
        more = {"Allow": ", ".join(sorted(allowed))} if allowed else {}
        return _answer(status, HTTPStatus(status).description or error.name, **more)

    return app


def _request() -> Request:
    header = request.headers.get
    return Request(
        body=request.get_data(),
        type=header("Content-Type", ""),
        origin=header("Origin", ""),
        peer=request.environ["REMOTE_ADDR"],
        forwarded=header("X-Forwarded-For", ""),
        agent=header("User-Agent", ""),
        referrer=header("Referer", ""),
    )


def _form(theme: Theme, answer: Again) -> Response:
    page = theme.again(answer)
    headers: dict[str, Any] = {"Content-Security-Policy": page.policy}
    status = HTTPStatus.UNPROCESSABLE_ENTITY
    if answer.is_our_fault:
        status = HTTPStatus.SERVICE_UNAVAILABLE
        headers["Retry-After"] = AGAIN_IN
    return _answer(status, page.html, "text/html", **headers)


def _answer(
    status: int, text: str = "", kind: str = "text/plain", **headers: str
) -> Response:
    response = Response(text, status, content_type=f"{kind}; charset=utf-8")
    response.headers |= {
        "Cache-Control": "no-store",
        "X-Content-Type-Options": "nosniff",
        "Referrer-Policy": "strict-origin-when-cross-origin",
    }
    for name, value in headers.items():
        response.headers[name] = value
    return response
