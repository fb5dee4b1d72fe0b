"""The server of the tests themselves: nothing of a test outlives it."""

import socket
import threading

from flask import Flask

from tests.browser.gallery import served

LONGER_THAN_A_SHUTDOWN = 2.0  # seconds; the server looks twice a second whether it has to end


def ask(url: str) -> None:
    """Ask for a page and go before it is answered, as a page that is closed does."""
    host, _, port = url.removeprefix("http://").partition(":")
    with socket.create_connection((host, int(port))) as line:
        line.sendall(b"GET / HTTP/1.1\r\nHost: here\r\n\r\n")


def test_an_answer_under_way_is_waited_for() -> None:
    began, may_end, has_ended = threading.Event(), threading.Event(), threading.Event()
    app = Flask(__name__)

    @app.get("/")
    def slow() -> str:
        began.set()
        may_end.wait(10)
        has_ended.set()
        return ""

    with served(app) as url:
        ask(url)
        assert began.wait(10)
        threading.Timer(LONGER_THAN_A_SHUTDOWN, may_end.set).start()
    assert has_ended.is_set()
