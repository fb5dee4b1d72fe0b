"""Cuts a binary stream into segments: block by block, in constant memory.

All the cutting is done by `bytes` and `str` on whole blocks; no character is looked at in Python.
"""

import hashlib
from collections.abc import Iterator
from itertools import chain
from typing import TYPE_CHECKING, BinaryIO

from workqueue.x12.records import Finding, Severity
from workqueue.x12.refusals import EmptyFile, NotX12, WrongEncoding
from workqueue.x12.separators import BLANK, LOOKAHEAD, Opening, Separators, detect

if TYPE_CHECKING:
    from hashlib import _Hash

BLOCK_BYTES = 1 << 16
LONGEST_SEGMENT = 1 << 20
"""A segment longer than this is no segment: the terminator is missing or is not what the ISA says."""

_UTF8_BOM = b"\xef\xbb\xbf"
_PADDING = b" \t\r\n\x00\x1a"
"""What may follow the last segment: blank space, and the end mark or padding of old systems."""


class Segments:
    """The segments of a stream with their numbers: iterate once over `numbered`."""

    def __init__(self, stream: BinaryIO, block_bytes: int = BLOCK_BYTES) -> None:
        self._stream = stream
        self._block_bytes = max(1, block_bytes)
        self._buffer = b""
        self._is_at_end = False
        self._batch: list[str] = []
        self._text: str | None = None
        self._hasher: _Hash | None = None
        self._hash_from = 0
        self.separators = Separators()
        self.has_envelope = True
        self.findings: list[Finding] = []
        """What is wrong with the bytes; whoever reads takes them out."""
        self.offset = 0
        """Where in the file the block now being read begins."""
        self.bytes = 0
        self.first = 1
        """Number of the first segment of the present block."""
        self._open()
        self.numbered: Iterator[tuple[int, str]] = enumerate(chain.from_iterable(self._batches()), 1)

    # The hash of a transaction set is taken block by block, so that it costs nothing per segment.

    def start_hash(self, position: int) -> None:
        """Hash what follows the segment with this number."""
        self._hasher = hashlib.sha256()
        self._hash_from = position - self.first + 1

    def end_hash(self, position: int) -> str:
        """Digest of the segments since `start_hash` and before this number."""
        if self._hasher is None:
            return ""
        end = position - self.first
        if end > self._hash_from:
            self._hash(self.separators.terminator.join(self._batch[self._hash_from : end]))
        digest = self._hasher.hexdigest()
        self._hasher = None
        return digest

    def _hash(self, text: str) -> None:
        if self._hasher is None or not text:
            return
        element, component, _, terminator, _ = self.separators
        if (element, component, terminator) != ("*", ":", "~"):
            text = text.translate({ord(terminator): "~", ord(element): "*", ord(component): ":"})
        self._hasher.update(text.encode("utf-8", "replace") + b"~")

    def _hash_rest_of_batch(self) -> None:
        if self._hasher is None:
            return
        if self._hash_from == 0 and self._text is not None:
            self._hash(self._text)
        else:
            self._hash(self.separators.terminator.join(self._batch[self._hash_from :]))
        self._hash_from = 0

    # Reading

    def _open(self) -> None:
        self._fill(LOOKAHEAD)
        if self._buffer[:2] in (b"\xff\xfe", b"\xfe\xff") or self._buffer[:4].count(0) in (2, 3):
            raise WrongEncoding
        if self._buffer.startswith(_UTF8_BOM):
            self._drop(len(_UTF8_BOM))
        self._skip_blank_start()
        opening = detect(self._buffer[:LOOKAHEAD])
        if opening is None:
            raise NotX12
        self.has_envelope = opening.has_envelope
        if opening.has_leading_text:
            self._report(
                "leading_text",
                "There is text before the first segment. It was skipped; look whether the file is whole.",
            )
        if not opening.has_envelope:
            self._report(
                "envelope_missing",
                "The file has no ISA segment, so its separators were guessed and its sender is not known. "
                "Ask the sender for the whole file.",
            )
        self._follow(opening)

    def _skip_blank_start(self) -> None:
        """Blank lines may come before the first segment, but not for ever."""
        while self.offset < LONGEST_SEGMENT:
            self._drop(len(self._buffer) - len(self._buffer.lstrip(_PADDING)))
            if self._buffer:
                self._fill(LOOKAHEAD)
                return
            if self._is_at_end:
                break
            self._fill(LOOKAHEAD)
        raise EmptyFile

    def _follow(self, opening: Opening) -> None:
        self._drop(opening.offset)
        self.separators = opening.separators
        if opening.is_irregular:
            self._report(
                "isa_irregular",
                "The ISA segment does not have its sixteen elements, so the separators were guessed. "
                "Check the amounts, and tell the sender.",
            )

    def _fill(self, wanted: int) -> None:
        parts = [self._buffer]
        have = len(self._buffer)
        while have < wanted and not self._is_at_end:
            block = self._stream.read(self._block_bytes)
            if not block:
                self._is_at_end = True
            parts.append(block)
            have += len(block)
            self.bytes += len(block)
        self._buffer = b"".join(parts)

    def _drop(self, count: int) -> None:
        self._buffer = self._buffer[count:]
        self.offset += count

    def _report(self, code: str, message: str, severity: Severity = Severity.WARNING) -> None:
        self.findings.append(Finding(code, severity, "", 0, 0, self.offset, message))

    # Cutting

    def _batches(self) -> Iterator[list[str]]:
        is_detected = True
        while True:
            self._fill(max(LOOKAHEAD, self._block_bytes))
            if not is_detected and _starts_interchange(self._buffer):
                self._detect_again()
            end = self._end_of_batch(1 if is_detected else 0)
            is_detected = False
            if end is None:
                return
            cut, resume = end
            chunk = self._buffer[:cut]
            yield from self._emit(chunk)
            self._drop(resume)

    def _emit(self, chunk: bytes) -> Iterator[list[str]]:
        batch = self._cut(chunk)
        if not batch:
            return
        self._batch = batch
        yield batch
        self._hash_rest_of_batch()
        self.first += len(batch)
        self._batch = []

    def _detect_again(self) -> None:
        """The next interchange may use other separators."""
        opening = detect(self._buffer[:LOOKAHEAD])
        if opening is not None and opening.has_envelope:
            self._follow(opening)

    def _end_of_batch(self, after: int) -> tuple[int, int] | None:
        """How many bytes of the buffer are whole segments of this interchange, and where to go on."""
        terminator = self.separators.terminator.encode(self.separators.encoding)
        while True:
            cut = self._buffer.rfind(terminator)
            if cut >= 0:
                return self._before_next_interchange(cut, terminator, after)
            if self._is_at_end:
                rest = len(self._buffer.rstrip(_PADDING))
                return (rest, len(self._buffer)) if rest else None
            if len(self._buffer) > LONGEST_SEGMENT:
                self._report(
                    "segment_too_long",
                    "A segment goes on for more than a megabyte: its terminator is missing or is not the one "
                    "the ISA names. Reading stopped there. Ask the sender for the file again.",
                    Severity.ERROR,
                )
                return None
            self._fill(len(self._buffer) + self._block_bytes)

    def _before_next_interchange(self, cut: int, terminator: bytes, after: int) -> tuple[int, int]:
        at = self._buffer.find(b"ISA", after, cut)
        while at >= 0:
            before = self._buffer[:at].rstrip(b" \t\r\n")
            is_new_line = self._buffer[at - 1 : at] in (b"\n", b"\r")
            if _starts_interchange(self._buffer[at : at + 4]) and (
                before.endswith(terminator) or is_new_line
            ):
                return at, at
            at = self._buffer.find(b"ISA", at + 3, cut)
        return cut, cut + len(terminator)

    def _cut(self, chunk: bytes) -> list[str]:
        terminator = self.separators.terminator
        text = self._decode(chunk)
        if "\r" in text and terminator != "\r":
            text = text.replace("\r", "")
        if "\n" in text and terminator != "\n":
            text = text.replace("\n", "")
        batch = text.split(terminator)
        if text[:1] in BLANK or f"{terminator} " in text or f"{terminator}\t" in text:
            batch = [segment.lstrip(" \t") for segment in batch]
            text = ""
        if not text or f"{terminator}{terminator}" in text or text[0] == terminator or text[-1] == terminator:
            batch = [segment for segment in batch if segment]
            text = ""
        self._text = text or None
        return batch

    def _decode(self, chunk: bytes) -> str:
        """UTF-8; a segment that is not is read as Latin-1, whichever block it came in."""
        encoding = self.separators.encoding
        try:
            return chunk.decode(encoding)
        except UnicodeDecodeError:
            terminator = self.separators.terminator
            parts = chunk.split(terminator.encode(encoding))
            return terminator.join(_decode_one(part, encoding) for part in parts)


def _decode_one(part: bytes, encoding: str) -> str:
    try:
        return part.decode(encoding)
    except UnicodeDecodeError:
        return part.decode("latin-1")


def _starts_interchange(buffer: bytes) -> bool:
    start = buffer[: LOOKAHEAD + 8].lstrip(b" \t\r\n")[:4]
    return start[:3] == b"ISA" and len(start) == 4 and not start[3:].isalnum()
