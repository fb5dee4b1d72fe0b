"""Texts as telephones take them: which numbers get them, and how many pieces one is cut into."""

from collections.abc import Callable, Iterable

from workqueue.rules.phones import NotAPhone, NumberKind, parse

TEXTABLE = frozenset({NumberKind.MOBILE, NumberKind.LANDLINE_OR_MOBILE, NumberKind.UNKNOWN})
"""In North America the plan does not tell mobiles from landlines: what is surely no mobile is left out."""

_GSM = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§"
    "¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
_GSM_DOUBLE = frozenset("^{}\\[~]|€\f")
"""These take two places (3GPP TS 23.038, 6.2.1.1)."""
ONE_GSM, OF_MANY_GSM = 160, 153
ONE_UCS2, OF_MANY_UCS2 = 70, 67


def can_get_texts(e164: str) -> bool:
    """Return whether a text to this number may arrive: no landline, none that is toll-free, none abroad."""
    try:
        number = parse(e164)
    except NotAPhone:
        return False
    return number.kind in TEXTABLE and not number.is_foreign


def segments(text: str) -> int:
    """Return into how many pieces a text is cut; the office pays for each.

    One letter outside the alphabet of telephones, such as á, í or ó, makes all of them cost double.
    """
    if all(each in _GSM or each in _GSM_DOUBLE for each in text):
        length = sum(2 if each in _GSM_DOUBLE else 1 for each in text)
        return _pieces(length, ONE_GSM, OF_MANY_GSM)
    return _pieces(len(text.encode("utf-16-be")) // 2, ONE_UCS2, OF_MANY_UCS2)


def shortest_that_fits(variants: Iterable[str], pieces: Callable[[str], int] = segments) -> str:
    """Return the first of these that is one piece, else the last of those with the fewest pieces.

    They say the same, the fullest first; `pieces` counts.
    """
    found = ""
    for each in variants:
        if pieces(each) == 1:
            return each
        if not found or pieces(each) <= pieces(found):
            found = each
    return found


def _pieces(length: int, one: int, of_many: int) -> int:
    return 1 if length <= one else -(-length // of_many)
