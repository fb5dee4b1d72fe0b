"""What people and programs send, made into values: the one place that looks at raw input.

Whatever gets past here PostgreSQL can store: no NUL, no lone surrogate, no number beyond its column, no NaN.
"""

import json
import re
import unicodedata
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime, time
from enum import StrEnum
from functools import partial
from typing import Any, NoReturn, TypeVar

from werkzeug.routing import IntegerConverter

from workqueue.rules.refusals import Invalid

LARGEST_ID = 2**63 - 1
# Amounts are sums of amounts: a single one stays far below what a bigint of cents can hold.
MOST_CENTS = 10**12
MOST_DIGITS = 18

NO_DATE = "Enter a date, for example 2026-12-01."
NO_CLOCK = "Enter a time, for example 14:30."
NO_MOMENT = "Send a time with its offset, for example 2026-12-01T14:30:00Z."

Choice = TypeVar("Choice", bound=StrEnum)
Value = TypeVar("Value")
Default = TypeVar("Default")

_money = re.compile(r"-?(?:[0-9]{1,3}(?:,[0-9]{3})+|[0-9]{1,12})(?:\.[0-9]{1,2})?")
_day = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_clock = re.compile(r"([01]?[0-9]|2[0-3]):([0-5][0-9])(?::[0-9]{2})?")
_row_id = re.compile(r"[0-9]{1,19}")
_whole = re.compile(rf"-?[0-9]{{1,{MOST_DIGITS}}}")


class RowId(IntegerConverter):
    """The number of a row in an address; what no row can have is not found, and never asked for."""

    regex = r"[0-9]{1,19}"

    def __init__(self, map: Any, *args: Any, **named: Any) -> None:  # noqa: A002  # the name is Werkzeug's
        super().__init__(map, *args, **{"max": LARGEST_ID, **named})


def is_storable(text: str) -> bool:
    """Tell whether PostgreSQL's text can hold it: no NUL, no half of a surrogate pair."""
    return "\x00" not in text and not any("\ud800" <= each <= "\udfff" for each in text)


def local_path(text: str | None, otherwise: str = "/") -> str:
    """Return where to go next, if that is a page of ours; a link must not send people elsewhere."""
    if not text or not text.startswith("/") or len(text) > 2000:
        return otherwise
    # Browsers read // and /\ as another host, and drop tabs and line ends before they look.
    if text[1:2] in {"/", "\\"} or any(ord(each) < 33 or ord(each) == 127 for each in text):
        return otherwise
    return text if is_storable(text) else otherwise


def json_object(data: bytes) -> dict[str, Any]:
    """Return the JSON object in a body; NaN, infinities and numbers without end are not JSON."""
    try:
        found = json.loads(data or b"{}", parse_constant=_refuse_constant)
    except (ValueError, RecursionError) as error:
        raise Invalid("The body is not valid JSON.") from error
    if not isinstance(found, dict):
        raise Invalid("The body has to be a JSON object.")
    return found


class Unusable(Exception):  # noqa: N818  # never leaves this module: it becomes the sentence beside a field
    """What a field holds cannot be used; the message says what to do."""


class Fields:
    """Reads named fields and collects what is wrong with them, one sentence a field.

        fields = Fields(request.form)
        name = fields.text("name", longest=100)
        fields.check()            # or look at fields.errors and show the form again

    A field that cannot be used gives an empty value, so that all fields are looked at before the answer.
    Also reads a JSON object, where numbers and booleans may be what they are.
    """

    def __init__(self, source: Mapping[str, Any]) -> None:
        self.source = source
        self.errors: dict[str, str] = {}

    def check(self) -> None:
        """Refuse all of it, naming the first field that is wrong."""
        for field, sentence in self.errors.items():
            raise Invalid(sentence, field=field)

    def refuse(self, field: str, sentence: str) -> None:
        self.errors.setdefault(field, sentence)

    def text(
        self,
        name: str,
        *,
        longest: int = 200,
        shortest: int = 1,
        is_required: bool = True,
        has_lines: bool = False,
        otherwise: str = "",
    ) -> str:
        """Text without surrounding blanks; control characters only where lines are allowed."""
        read = partial(text_of, longest=longest, shortest=shortest, has_lines=has_lines)
        text = self._read(name, read, otherwise, is_required=is_required)
        if not text and is_required:
            self.refuse(name, needed(name))
        return text or otherwise

    def password(self, name: str) -> str:
        """Return a password as typed: blanks count."""
        return self._read(name, password_of, "", is_required=True)

    def whole_number(
        self, name: str, *, least: int, most: int, is_required: bool = True, otherwise: int | None = None
    ) -> int | None:
        return self._read(
            name, partial(number_of, least=least, most=most), otherwise, is_required=is_required
        )

    def row_id(self, name: str, *, is_required: bool = True) -> int | None:
        """Return the number of a row; whether there is such a row, the service finds out."""
        return self._read(name, row_id_of, None, is_required=is_required)

    def row_ids(self, name: str) -> list[int]:
        """Return the numbers of all boxes that were ticked."""
        get_all = getattr(self.source, "getlist", None)
        raw = get_all(name) if get_all else self.source.get(name) or []
        if not isinstance(raw, list):
            self.refuse(name, "This has to be a list.")
            return []
        try:
            return [row_id_of(each) for each in raw]
        except Unusable as error:
            self.refuse(name, str(error))
            return []

    def money_cents(
        self, name: str, *, least: int = 1, most: int = MOST_CENTS, is_required: bool = True
    ) -> int | None:
        """Return cents from what a person types: 12, 12.5, 1,234.56, $12."""
        return self._read(name, partial(cents_of, least=least, most=most), None, is_required=is_required)

    def day(
        self, name: str, *, first: date | None = None, last: date | None = None, is_required: bool = True
    ) -> date | None:
        return self._read(name, partial(day_of, first=first, last=last), None, is_required=is_required)

    def clock(self, name: str, *, is_required: bool = True) -> time | None:
        """Return a time of day, whatever the zone."""
        return self._read(name, clock_of, None, is_required=is_required)

    def moment(self, name: str, *, is_required: bool = True) -> datetime | None:
        """Return a moment, sent with its offset, in UTC."""
        return self._read(name, moment_of, None, is_required=is_required)

    def choice(
        self, name: str, members: type[Choice], *, is_required: bool = True, otherwise: Choice | None = None
    ) -> Choice | None:
        return self._read(name, partial(choice_of, members=members), otherwise, is_required=is_required)

    def is_on(self, name: str) -> bool:
        """Tell whether a box is ticked; in JSON, whether it is true."""
        raw = self.source.get(name)
        return raw is True or (isinstance(raw, str) and raw in {"on", "true", "1", "yes"})

    def _read(
        self, name: str, read: Callable[[Any], Value], otherwise: Default, *, is_required: bool
    ) -> Value | Default:
        raw = self.source.get(name)
        if raw is None or raw == "":
            if is_required:
                self.refuse(name, needed(name))
            return otherwise
        try:
            return read(raw)
        except Unusable as error:
            self.refuse(name, str(error))
            return otherwise


def needed(name: str) -> str:
    """Say that a field is empty, by its name: the sentence also stands alone, above the form."""
    words = name.removesuffix("_ids").removesuffix("_id").removesuffix("_cents").replace("_", " ")
    return f"The {words} is needed."


def text_of(raw: Any, *, longest: int, shortest: int = 1, has_lines: bool = False) -> str:
    if not isinstance(raw, str):
        raise Unusable("This has to be text.")
    text = unicodedata.normalize("NFC", raw.replace("\r\n", "\n")).strip()
    allowed = "\n\t" if has_lines else ""
    if not is_storable(text) or any(
        unicodedata.category(each) == "Cc" and each not in allowed for each in text
    ):
        raise Unusable("This has characters that cannot be stored.")
    if len(text) > longest:
        raise Unusable(f"Use at most {longest:,} characters; these are {len(text):,}.")
    if text and len(text) < shortest:
        raise Unusable(f"Use at least {shortest} characters.")
    return text


def password_of(raw: Any) -> str:
    # Longer than any password we take, and short enough to be hashed at no great cost.
    if not isinstance(raw, str) or not is_storable(raw) or len(raw) > 1000:
        raise Unusable("This cannot be a password.")
    return unicodedata.normalize("NFC", raw)


def number_of(raw: Any, *, least: int, most: int) -> int:
    if isinstance(raw, str) and _whole.fullmatch(raw.strip()):
        number = int(raw)
    elif isinstance(raw, int) and not isinstance(raw, bool):
        number = raw
    else:
        raise Unusable("Enter a whole number.")
    if not least <= number <= most:
        raise Unusable(f"Enter a number from {least:,} to {most:,}.")
    return number


def row_id_of(raw: Any) -> int:
    number = raw if isinstance(raw, int) and not isinstance(raw, bool) else 0
    if isinstance(raw, str) and _row_id.fullmatch(raw):
        number = int(raw)
    if not 0 < number <= LARGEST_ID:
        raise Unusable("Choose one from the list.")
    return number


def cents_of(raw: Any, *, least: int, most: int) -> int:
    text = raw.strip().removeprefix("$") if isinstance(raw, str) else ""
    if not _money.fullmatch(text):
        raise Unusable("Enter an amount, for example 125.00.")
    dollars, _, rest = text.replace(",", "").removeprefix("-").partition(".")
    cents = (int(dollars) * 100 + int(rest.ljust(2, "0"))) * (-1 if text.startswith("-") else 1)
    if not least <= cents <= most:
        raise Unusable(f"Enter an amount from {least / 100:,.2f} to {most / 100:,.2f}.")
    return cents


def day_of(raw: Any, *, first: date | None = None, last: date | None = None) -> date:
    if not isinstance(raw, str) or not _day.fullmatch(raw):
        raise Unusable(NO_DATE)
    try:
        found = date.fromisoformat(raw)
    except ValueError as error:
        raise Unusable(NO_DATE) from error
    if first is not None and found < first:
        raise Unusable(f"Choose {first:%b} {first.day}, {first.year} or later.")
    if last is not None and found > last:
        raise Unusable(f"Choose {last:%b} {last.day}, {last.year} or earlier.")
    return found


def clock_of(raw: Any) -> time:
    found = _clock.fullmatch(raw.strip()) if isinstance(raw, str) else None
    if found is None:
        raise Unusable(NO_CLOCK)
    return time(int(found[1]), int(found[2]))


def moment_of(raw: Any) -> datetime:
    try:
        found = datetime.fromisoformat(raw)
    except (ValueError, TypeError) as error:
        raise Unusable(NO_MOMENT) from error
    # Far enough from both ends of time that no zone's offset leads beyond them.
    if found.tzinfo is None or not 1900 <= found.year <= 9000:
        raise Unusable(NO_MOMENT)
    return found.astimezone(UTC)


def choice_of(raw: Any, *, members: type[Choice]) -> Choice:
    try:
        return members(raw)
    except ValueError as error:
        raise Unusable("Choose one of those offered.") from error


def _refuse_constant(text: str) -> NoReturn:
    raise ValueError(text)
