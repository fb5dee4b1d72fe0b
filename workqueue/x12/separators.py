"""Which separators a file uses, found from its first few thousand characters.

Not by offset: many real ISA segments are not 106 characters long. The sixteen element separators are
counted, and what stands between ISA16 and the next segment tells the rest.
"""

import re
from collections import Counter
from typing import NamedTuple

LOOKAHEAD = 4096
"""Bytes from an ISA on that are looked at; always as many, so that block sizes change nothing."""

BLANK = " \t\r\n"
DEFAULT_COMPONENT = ":"
DEFAULT_REPETITION = "^"
DEFAULT_TERMINATOR = "~"

_ISA = re.compile(r"(?<![A-Za-z0-9])ISA([^A-Za-z0-9 \r\n])")
_GS_OR_ST = re.compile(
    r"(?:^|(?<=[\r\n]))[ \t]*(?=(?:GS|ST)([^A-Za-z0-9\s])(?:(?<=ST.)\d{3}(?!\d)|(?<=GS.)\w{2,}))"
)
_TAGS = "GS|ST|BPR|BHT|TRN|TA1|HL|NM1|N1|REF|DTM|DTP|LX|CLP|CLM|STC|AK1|AK9|SE|GE|IEA"


class Separators(NamedTuple):
    """The four characters that cut a file into segments, elements and components, and how it is encoded."""

    element: str = "*"
    component: str = DEFAULT_COMPONENT
    repetition: str = DEFAULT_REPETITION
    terminator: str = DEFAULT_TERMINATOR
    encoding: str = "utf-8"


class Opening(NamedTuple):
    """Where the first segment begins, and how to read on from there."""

    offset: int
    """Bytes before the first segment."""
    separators: Separators
    has_envelope: bool
    is_irregular: bool
    """The ISA has not sixteen elements: its separators were guessed."""
    has_leading_text: bool


def detect(head: bytes) -> Opening | None:
    """Look at the first bytes of a file, or of its next interchange; None when no X12 begins there."""
    text, encoding = _decode(head)
    opening = _from_isa(text) or _without_isa(text)
    if opening is None:
        return None
    offset, separators, has_envelope, is_irregular = opening
    if not _are_sound(separators):
        return None
    return Opening(
        len(text[:offset].encode(encoding)),
        separators._replace(encoding=encoding),
        has_envelope,
        is_irregular,
        bool(text[:offset].strip(BLANK + "\ufeff\x00")),
    )


def _decode(head: bytes) -> tuple[str, str]:
    """UTF-8, where a character may be cut in two at the end; Latin-1 where it is not UTF-8."""
    for cut in range(4):
        try:
            return head[: len(head) - cut].decode("utf-8"), "utf-8"
        except UnicodeDecodeError:
            continue
    text = head.decode("latin-1")
    return text, "utf-8" if _is_ascii_cut(text) else "latin-1"


def _is_ascii_cut(text: str) -> bool:
    """True when the separators are ASCII, so that each segment can be decoded by itself."""
    found = _ISA.search(text)
    return found is None or found.group(1).isascii()


def _are_sound(separators: Separators) -> bool:
    element, terminator = separators.element, separators.terminator
    return terminator not in (element, " ") and not _is_word(element) and not _is_word(terminator)


def _is_word(text: str) -> bool:
    """An ASCII letter or digit: these separate nothing, while a letter such as Ö has been seen to."""
    return text.isascii() and text.isalnum()


def _from_isa(text: str) -> tuple[int, Separators, bool, bool] | None:
    found = _ISA.search(text)
    if found is None:
        return None
    start, element = found.start(), found.group(1)
    parts = text[start:].split(element, 16)
    follower = re.compile(rf"(?<![A-Za-z0-9])(?:GS|TA1|ST|IEA|ISA)(?={re.escape(element)})")
    if len(parts) < 17 or any(_ends_in_next_tag(part) for part in parts[1:16]):
        return _from_broken_isa(text, start, element, follower)
    component, terminator = _after_isa15(parts[16], follower)
    if component in ("", element, terminator) or _is_word(component):
        component = _guess_component(text, element, terminator)
    repetition = parts[11].strip()
    if len(repetition) != 1 or _is_word(repetition) or repetition in (element, component, terminator):
        repetition = DEFAULT_REPETITION
    return start, Separators(element, component, repetition, terminator), True, False


def _ends_in_next_tag(part: str) -> bool:
    """True when this "element" of the ISA runs over into the next segment: the ISA has too few elements."""
    return re.search(r"[^\w ]\s*(?:GS|TA1|ST)$", part) is not None


def _after_isa15(rest: str, follower: re.Pattern[str]) -> tuple[str, str]:
    """Component separator ("" when ISA16 is missing) and terminator, from what follows the 16th separator."""
    found = follower.search(rest[:64])
    if found is None:
        terminator = rest[1:2] or DEFAULT_TERMINATOR
        return (rest[:1], terminator) if rest[:1] not in ("\r", "\n") else ("", _line_break(rest[:2]))
    gap = rest[: found.start()]
    marks = gap.translate({ord(blank): None for blank in BLANK})
    if len(marks) > 1:
        return marks[0], marks[1]
    has_break = "\n" in gap or "\r" in gap
    if not marks:
        return "", _line_break(gap) if has_break else DEFAULT_TERMINATOR
    next_line = re.split(r"[\r\n]", rest[found.start() :], maxsplit=1)[0].rstrip()
    if not has_break or next_line.endswith(marks):
        return "", marks  # ISA16 is missing: the one mark ends the next segment too
    return marks, _line_break(gap)


def _line_break(gap: str) -> str:
    return "\n" if "\n" in gap or "\r" not in gap else "\r"


def _from_broken_isa(
    text: str, start: int, element: str, follower: re.Pattern[str]
) -> tuple[int, Separators, bool, bool] | None:
    found = follower.search(text, start + 4)
    if found is None:
        return None
    gap = text[start : found.start()]
    last = gap.rstrip(BLANK)[-1:]
    if not last or _is_word(last) or last == element:
        last = _line_break(gap[len(gap.rstrip(BLANK)) :])
    return start, Separators(element, _guess_component(text, element, last), terminator=last), True, True


def _without_isa(text: str) -> tuple[int, Separators, bool, bool] | None:
    found = _GS_OR_ST.search(text.removeprefix("\ufeff"))
    if found is None:
        return None
    element = found.group(1)
    start = found.end() + (len(text) - len(text.removeprefix("\ufeff")))
    before_tags = re.compile(
        rf"([^\w\s{re.escape(element)}]?)([ \t\r\n]*)(?<![A-Za-z0-9])(?:{_TAGS}){re.escape(element)}"
    )
    seen: Counter[str] = Counter()
    for match in before_tags.finditer(text, start + 2):
        before, gap = match.groups()
        if before or "\n" in gap or "\r" in gap:
            seen[before or _line_break(gap)] += 1
    if not seen:
        return None
    terminator = seen.most_common(1)[0][0]
    component = _guess_component(text, element, terminator)
    return start, Separators(element, component, terminator=terminator), False, False


def _guess_component(text: str, element: str, terminator: str) -> str:
    """The character after a procedure or diagnosis qualifier, as in `SVC*HC:99213`."""
    pattern = rf"{re.escape(element)}(?:HC|NU|AD|ER|N4|ABK|BK)([^\w\s])"
    for match in re.finditer(pattern, text):
        if match.group(1) not in (element, terminator):
            return match.group(1)
    return DEFAULT_COMPONENT
