"""A file as it lies in the database, piece by piece."""

import io
from collections.abc import Callable
from typing import IO

from psycopg.types.numeric import Int8
from sqlalchemy import text
from sqlalchemy.orm import Session

from workqueue.services.intake.arrivals import driver_connection

PIECE_BYTES = 1 << 20
PIECES_AHEAD = 8
"""Fetched at once: while the reader works on them the connection is free to take facts."""


def store(session: Session, file_id: int, stream: IO[bytes], seen: Callable[[bytes], None]) -> int:
    """Write the stream away in pieces, showing each to `seen`; return its size."""
    size = ordinal = 0
    connection = driver_connection(session)
    with (
        connection.cursor() as cursor,
        cursor.copy("COPY file_chunks (file_id, ordinal, content) FROM STDIN (FORMAT BINARY)") as copy,
    ):
        copy.set_types(["int8", "int8", "bytea"])
        while piece := stream.read(PIECE_BYTES):
            seen(piece)
            copy.write_row((Int8(file_id), Int8(ordinal), piece))
            ordinal += 1
            size += len(piece)
    return size


class StoredFile(io.RawIOBase):
    """Reads a stored file in order. `before_fetch` frees the connection for the next pieces."""

    def __init__(
        self, session: Session, file_id: int, before_fetch: Callable[[], None] = lambda: None
    ) -> None:
        super().__init__()
        self._session = session
        self._file_id = file_id
        self._before_fetch = before_fetch
        self._pieces: list[bytes] = []
        self._next = 0
        self._rest = memoryview(b"")

    def readable(self) -> bool:
        return True

    def read(self, size: int = -1) -> bytes:
        """Return up to `size` bytes, or b"" at the end; fewer when a piece ends there."""
        if size is None or size < 0:
            return self.readall()
        rest = self._rest or self._fetch()
        self._rest = rest[size:]
        return bytes(rest[:size])

    def readinto(self, buffer: "memoryview | bytearray") -> int:  # type: ignore[override]
        data = self.read(len(buffer))
        buffer[: len(data)] = data
        return len(data)

    def readall(self) -> bytes:
        return b"".join(iter(lambda: self.read(PIECE_BYTES), b""))

    def _fetch(self) -> memoryview:
        if not self._pieces:
            self._before_fetch()
            self._pieces = list(
                self._session.scalars(
                    text(
                        "SELECT content FROM file_chunks WHERE file_id = :file AND ordinal >= :first"
                        " AND ordinal < :last ORDER BY ordinal DESC"
                    ),
                    {"file": self._file_id, "first": self._next, "last": self._next + PIECES_AHEAD},
                )
            )
            self._next += len(self._pieces)
        return memoryview(self._pieces.pop()) if self._pieces else memoryview(b"")
