"""A real provider of texts: takes a form over HTTP, answers JSON, and fails as a test tells it to."""

import json
import threading
import time
from base64 import b64decode
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qsl

ACCOUNT, TOKEN = "AC-office", "a secret/token"


@dataclass
class TextServer:
    """What came in, and what the provider says."""

    port: int = 0
    kept: list[dict[str, str]] = field(default_factory=list)
    """The texts that were taken."""
    asked: int = 0
    answers: list[tuple[int, int]] = field(default_factory=list)
    """Status and code of the next answers, one after the other; then all are taken."""
    hangs: threading.Event | None = None
    """Set: a text is taken, and its answer waits for this."""
    has_taken: threading.Event = field(default_factory=threading.Event)
    seconds: float = 0.0
    """So long a text is on its way in before it is taken."""
    dies: str = ""
    """Where the line breaks: before anything is read, after the text was taken, or within the answer."""

    @property
    def url(self) -> str:
        return f"http://{ACCOUNT}:a%20secret%2Ftoken@127.0.0.1:{self.port}/Accounts/{ACCOUNT}/Messages.json"

    def take(self, form: dict[str, str]) -> tuple[int, bytes]:
        self.asked += 1
        time.sleep(self.seconds)
        if self.answers:
            status, code = self.answers.pop(0)
            if status >= 300:
                return status, json.dumps({"code": code, "message": "no"} if code else {}).encode()
        self.kept.append(form)
        self.has_taken.set()
        return 201, json.dumps({"sid": f"SM{len(self.kept)}", "status": "queued"}).encode()


class _Handler(BaseHTTPRequestHandler):
    provider: TextServer

    def do_POST(self) -> None:  # the name is the library's
        provider = self.provider
        if provider.dies == "before":
            self.connection.close()
            return
        form = dict(parse_qsl(self.rfile.read(int(self.headers["Content-Length"])).decode()))
        proof = b64decode(self.headers.get("Authorization", "").removeprefix("Basic ")).decode()
        if proof != f"{ACCOUNT}:{TOKEN}":
            self.send_error(401)
            return
        status, body = provider.take(form)
        if provider.hangs is not None:
            provider.hangs.wait(10)
        if provider.dies == "after":
            self.connection.close()
            return
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body[: len(body) // 2] if provider.dies == "within" else body)

    def log_message(self, *_: object) -> None:
        """Say nothing of what is tested."""


@contextmanager
def text_server() -> Iterator[TextServer]:
    """Run one on a free port of this machine."""
    made = TextServer()
    handler = type("Handler", (_Handler,), {"provider": made})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    server.daemon_threads = True
    made.port = server.server_address[1]
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield made
    finally:
        server.shutdown()
        server.server_close()
