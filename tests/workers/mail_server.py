"""A real mail server that keeps what it is handed, and refuses what a test tells it to."""

import socket
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any

from aiosmtpd.controller import Controller


@dataclass
class MailServer:
    """What came in, and what the server says."""

    port: int = 0
    kept: list[EmailMessage] = field(default_factory=list)
    to_recipients: str = ""
    """What every recipient is answered; nothing means taken."""
    answers: list[str] = field(default_factory=list)
    """What the next messages are answered, one after the other; then all are taken."""
    hangs_up: bool = False
    """Whether it keeps a message and breaks the line before it says so."""

    @property
    def url(self) -> str:
        return f"smtp://127.0.0.1:{self.port}"

    async def handle_RCPT(  # noqa: N802  # the name is aiosmtpd's
        self, _server: Any, _session: Any, envelope: Any, address: str, _options: Any
    ) -> str:
        if self.to_recipients:
            return self.to_recipients
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: Any, _session: Any, envelope: Any) -> str:  # noqa: N802
        answer = self.answers.pop(0) if self.answers else "250 OK"
        if answer.startswith("250"):
            mail = message_from_bytes(envelope.content, policy=policy.default)
            assert isinstance(mail, EmailMessage)
            self.kept.append(mail)
        if self.hangs_up:
            server.transport.abort()
        return answer


@contextmanager
def mail_server() -> Iterator[MailServer]:
    """Run one on a free port of this machine."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    made = MailServer(port)
    controller = Controller(made, hostname="127.0.0.1", port=port)
    controller.start()
    try:
        yield made
    finally:
        controller.stop()
