"""One transaction set while it is read: its segments, what is wrong with it, and how it ends."""

from collections.abc import Callable, Iterable, Iterator

from workqueue.x12.records import Finding, Record, SetHeader, SetSummary, Severity
from workqueue.x12.segments import Segments

MOST_FINDINGS = 100
"""Findings kept with one set; the rest are counted."""

MOST_FINDINGS_OF_A_CLAIM = 20

Handler = Callable[[str, int], Iterable[Record] | None]
"""Takes a segment and its number in the file; gives the records that are complete now."""


class OpenSet:
    """A set from its ST on."""

    def __init__(self, header: SetHeader, segments: Segments) -> None:
        self.header = header
        self.segments = segments
        self.element = segments.separators.element
        self.component = segments.separators.component
        self.errors = 0
        self.warnings = 0
        self.findings: list[Finding] = []
        self.ended_by: tuple[int, str] | None = None
        """The SE, or what came in its place; None when the file ended."""
        self.last_position = header.position
        segments.start_hash(header.position)

    def handlers(self, by_tag: dict[str, Handler]) -> dict[str, Handler]:
        """The same by the first three characters of a segment, which are looked at before it is cut."""
        return {f"{tag}{self.element}"[:3]: handler for tag, handler in by_tag.items()}

    def records(self, handlers: dict[str, Handler]) -> Iterator[Record]:
        """Hand each segment up to the end of the set to its handler. Handlers may change the table."""
        find = handlers.get
        ends = {
            f"{tag}{mark}"[:3]
            for tag in ("SE", "ST", "GS", "GE", "IEA", "ISA")
            for mark in (self.element, "")
        }
        position = self.header.position
        for position, segment in self.segments.numbered:
            handler = find(segment[:3])
            if handler is not None:
                records = handler(segment, position)
                if records:
                    yield from records
            elif segment[:3] in ends:
                self.ended_by = (position, segment)
                break
        self.last_position = position

    def finding(self, code: str, tag: str, position: int, message: str, *, is_error: bool = True) -> Finding:
        """A finding of this set, counted; the caller keeps it with the claim it is about."""
        if is_error:
            self.errors += 1
        else:
            self.warnings += 1
        severity = Severity.ERROR if is_error else Severity.WARNING
        set_position = position - self.header.position + 1
        return Finding(code, severity, tag, position, set_position, self.segments.offset, message)

    def flag(self, code: str, tag: str, position: int, message: str, *, is_error: bool = True) -> None:
        """A finding of the set as a whole."""
        finding = self.finding(code, tag, position, message, is_error=is_error)
        if len(self.findings) < MOST_FINDINGS:
            self.findings.append(finding)

    @property
    def is_closed_by_se(self) -> bool:
        return self.ended_by is not None and self.ended_by[1][:3] in ("SE", f"SE{self.element}")

    def close(self) -> SetSummary:
        """Check the end of the set; call once, after its last segment."""
        is_complete = self.is_closed_by_se
        if self.ended_by is None:
            end = self.last_position + 1
            segments = self.last_position - self.header.position + 1
        else:
            end = self.ended_by[0]
            segments = end - self.header.position + is_complete
        content_hash = self.segments.end_hash(end)
        if is_complete:
            self._check_trailer(segments)
        else:
            self.flag(
                "set_not_closed",
                "SE",
                end,
                "The transaction set breaks off: it has no SE segment. Nothing of it was applied. "
                "Ask the sender for the file again.",
            )
        return SetSummary(
            is_complete, segments, content_hash, self.errors, self.warnings, tuple(self.findings)
        )

    def _check_trailer(self, segments: int) -> None:
        position, segment = self.ended_by or (0, "")
        elements = segment.split(self.element)
        stated = elements[1].strip() if len(elements) > 1 else ""
        control = elements[2].strip() if len(elements) > 2 else ""
        if not (stated.isascii() and stated.isdigit()) or int(stated[:18]) != segments:
            self.flag(
                "segment_count",
                "SE",
                position,
                f"SE01 should be the number of segments of the set, which is {segments}. "
                "Look whether the set is whole.",
                is_error=False,
            )
        if not is_same_control_number(control, self.header.control_number):
            self.flag(
                "set_control_number",
                "SE",
                position,
                "SE02 is not the control number of ST02. Look whether two sets were run together.",
                is_error=False,
            )


def is_same_control_number(one: str, other: str) -> bool:
    """Some senders pad control numbers with zeros or blanks at one end of an envelope only."""
    one, other = one.strip(), other.strip()
    return one == other or (one.isdigit() and other.isdigit() and one.lstrip("0") == other.lstrip("0"))
