"""Rows of a CSV file, one by one, in constant memory; what cannot be read is told by line and column."""

import csv
from collections.abc import Callable, Iterator
from datetime import date, datetime
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from io import BufferedReader
from typing import NamedTuple

LONGEST_LINE = 1 << 20
_CENT = Decimal("0.01")
_MOST = Decimal(10) ** 13


class Row(NamedTuple):
    """One row: its line in the file and its values by column."""

    line: int
    values: dict[str, str]

    def text(self, column: str) -> str:
        return self.values.get(column, "").strip()

    def needed(self, column: str) -> str:
        value = self.text(column)
        if not value:
            raise BadValueError(column, "is empty")
        return value

    def cents(self, column: str) -> int:
        value = self.text(column)
        if not value:
            return 0
        try:
            amount = Decimal(value)
            if not amount.is_finite() or abs(amount) > _MOST:
                raise BadValueError(column, "is not an amount of money")
            # Exports of binary fractions write 109.44000000000001.
            return int(amount.quantize(_CENT, ROUND_HALF_UP).scaleb(2))
        except InvalidOperation:
            raise BadValueError(column, "is not an amount of money") from None

    def day(self, column: str) -> date | None:
        value = self.text(column)
        if not value:
            return None
        try:
            if len(value) == 10:
                return date.fromisoformat(value)
            return datetime.fromisoformat(value).date()
        except ValueError:
            raise BadValueError(column, "is not a date") from None


class BadValueError(ValueError):
    """One value cannot be used; the message never repeats it, since it may be a patient's."""

    def __init__(self, column: str, trouble: str) -> None:
        super().__init__(f"{column} {trouble}")
        self.column = column
        self.trouble = trouble


Complain = Callable[[int, str, str, str], None]
"""Takes line, column, code and message of a row that cannot be read."""


def rows(stream: BufferedReader, complain: Complain) -> Iterator[Row]:
    """Yield the rows that can be read, and complain of the others."""
    lines = _Lines(stream, complain)
    reader = csv.reader(lines)
    names = [name.strip().upper() for name in next(reader, [])]
    while True:
        began = lines.number + 1
        try:
            values = next(reader)
        except StopIteration:
            return
        except csv.Error:
            # The reader begins anew with the next line.
            complain(began, "", "row_unreadable", "The row cannot be read: look at its quotation marks.")
            continue
        if not any(values):
            continue
        if len(values) != len(names):
            complain(
                began,
                "",
                "row_length",
                f"The row has {len(values)} values, the first line names {len(names)} columns. "
                "Look for a missing or extra comma or quotation mark.",
            )
            continue
        yield Row(began, dict(zip(names, values, strict=True)))


class _Lines:
    """Lines as text: UTF-8, else Latin-1, without NUL; too long ones are left out."""

    def __init__(self, stream: BufferedReader, complain: Complain) -> None:
        self._stream = stream
        self._complain = complain
        self.number = 0

    def __iter__(self) -> Iterator[str]:
        while line := self._stream.readline(LONGEST_LINE):
            self.number += 1
            if len(line) >= LONGEST_LINE and not line.endswith(b"\n"):
                self._skip_rest()
                self._complain(self.number, "", "line_too_long", "The line is longer than a megabyte.")
                continue
            yield self._decoded(line)

    def _skip_rest(self) -> None:
        while part := self._stream.readline(LONGEST_LINE):
            if part.endswith(b"\n"):
                return

    def _decoded(self, line: bytes) -> str:
        if self.number == 1:
            line = line.removeprefix(b"\xef\xbb\xbf")
        line = line.replace(b"\0", b"")
        try:
            return line.decode("utf-8")
        except UnicodeDecodeError:
            return line.decode("latin-1")
