"""Which time zones a US state, territory or ZIP code lies in. All that are possible, never the likeliest.

Zones that keep the same time today go by one name (Detroit keeps New York's, Boise Denver's), because every
distinct set of zones is a call window of its own.
"""

from typing import ClassVar

from workqueue.rules.refusals import Invalid

EASTERN = "America/New_York"
CENTRAL = "America/Chicago"
MOUNTAIN = "America/Denver"
ARIZONA = "America/Phoenix"
PACIFIC = "America/Los_Angeles"
ALASKA = "America/Anchorage"
ALEUTIAN = "America/Adak"
HAWAII = "Pacific/Honolulu"
ATLANTIC = "America/Puerto_Rico"
GUAM = "Pacific/Guam"
SAMOA = "Pacific/Pago_Pago"

WHOLE_COUNTRY = (ALASKA, CENTRAL, MOUNTAIN, PACIFIC, EASTERN, HAWAII)
"""What counts when nothing is known of a person: the six zones of the fifty states."""

# Official zones (49 CFR 71). A state that is split lists them all.
_ZONES: dict[str, tuple[str, ...]] = {
    "AL": (CENTRAL,), "AK": (ALEUTIAN, ALASKA), "AZ": (MOUNTAIN, ARIZONA),  # the Navajo Nation changes clocks
    "AR": (CENTRAL,), "CA": (PACIFIC,), "CO": (MOUNTAIN,), "CT": (EASTERN,), "DE": (EASTERN,),
    "DC": (EASTERN,), "FL": (CENTRAL, EASTERN), "GA": (EASTERN,), "HI": (HAWAII,),
    "ID": (MOUNTAIN, PACIFIC), "IL": (CENTRAL,), "IN": (CENTRAL, EASTERN), "IA": (CENTRAL,),
    "KS": (CENTRAL, MOUNTAIN), "KY": (CENTRAL, EASTERN), "LA": (CENTRAL,), "ME": (EASTERN,),
    "MD": (EASTERN,), "MA": (EASTERN,), "MI": (CENTRAL, EASTERN), "MN": (CENTRAL,), "MS": (CENTRAL,),
    "MO": (CENTRAL,), "MT": (MOUNTAIN,), "NE": (CENTRAL, MOUNTAIN), "NV": (MOUNTAIN, PACIFIC),
    "NH": (EASTERN,), "NJ": (EASTERN,), "NM": (MOUNTAIN,), "NY": (EASTERN,), "NC": (EASTERN,),
    "ND": (CENTRAL, MOUNTAIN), "OH": (EASTERN,), "OK": (CENTRAL, MOUNTAIN),  # Kenton keeps Mountain time
    "OR": (MOUNTAIN, PACIFIC), "PA": (EASTERN,), "RI": (EASTERN,), "SC": (EASTERN,),
    "SD": (CENTRAL, MOUNTAIN), "TN": (CENTRAL, EASTERN), "TX": (CENTRAL, MOUNTAIN), "UT": (MOUNTAIN,),
    "VT": (EASTERN,), "VA": (EASTERN,), "WA": (PACIFIC,), "WV": (EASTERN,), "WI": (CENTRAL,),
    "WY": (MOUNTAIN,),
    "PR": (ATLANTIC,), "VI": (ATLANTIC,), "GU": (GUAM,), "MP": (GUAM,), "AS": (SAMOA,),
    "FM": ("Pacific/Chuuk", "Pacific/Pohnpei"), "MH": ("Pacific/Majuro",), "PW": ("Pacific/Palau",),
}  # fmt: skip

_NAMES = {
    "ALABAMA": "AL", "ALASKA": "AK", "ARIZONA": "AZ", "ARKANSAS": "AR", "CALIFORNIA": "CA", "COLORADO": "CO",
    "CONNECTICUT": "CT", "DELAWARE": "DE", "DISTRICT OF COLUMBIA": "DC", "FLORIDA": "FL", "GEORGIA": "GA",
    "HAWAII": "HI", "IDAHO": "ID", "ILLINOIS": "IL", "INDIANA": "IN", "IOWA": "IA", "KANSAS": "KS",
    "KENTUCKY": "KY", "LOUISIANA": "LA", "MAINE": "ME", "MARYLAND": "MD", "MASSACHUSETTS": "MA",
    "MICHIGAN": "MI", "MINNESOTA": "MN", "MISSISSIPPI": "MS", "MISSOURI": "MO", "MONTANA": "MT",
    "NEBRASKA": "NE", "NEVADA": "NV", "NEW HAMPSHIRE": "NH", "NEW JERSEY": "NJ", "NEW MEXICO": "NM",
    "NEW YORK": "NY", "NORTH CAROLINA": "NC", "NORTH DAKOTA": "ND", "OHIO": "OH", "OKLAHOMA": "OK",
    "OREGON": "OR", "PENNSYLVANIA": "PA", "RHODE ISLAND": "RI", "SOUTH CAROLINA": "SC", "SOUTH DAKOTA": "SD",
    "TENNESSEE": "TN", "TEXAS": "TX", "UTAH": "UT", "VERMONT": "VT", "VIRGINIA": "VA", "WASHINGTON": "WA",
    "WEST VIRGINIA": "WV", "WISCONSIN": "WI", "WYOMING": "WY",
    "PUERTO RICO": "PR", "VIRGIN ISLANDS": "VI", "U.S. VIRGIN ISLANDS": "VI", "GUAM": "GU",
    "NORTHERN MARIANA ISLANDS": "MP", "AMERICAN SAMOA": "AS", "MICRONESIA": "FM", "MARSHALL ISLANDS": "MH",
    "PALAU": "PW",
}  # fmt: skip

# Split states: the three-digit ZIP areas that lie wholly in one zone. An area not named here has all its
# state's zones.
_SURE_ZIPS: dict[str, tuple[tuple[int, int, str], ...]] = {
    "AK": ((997, 999, ALASKA),),
    "AZ": ((850, 857, ARIZONA),),
    "FL": ((320, 322, EASTERN), (325, 325, CENTRAL), (326, 349, EASTERN)),
    "ID": ((832, 834, MOUNTAIN), (837, 837, MOUNTAIN), (838, 838, PACIFIC)),
    "IN": ((460, 462, EASTERN), (464, 464, CENTRAL), (467, 468, EASTERN), (473, 473, EASTERN)),
    "KS": ((660, 676, CENTRAL),),
    "KY": ((402, 416, EASTERN), (420, 420, CENTRAL)),
    "MI": ((480, 497, EASTERN),),
    "ND": ((580, 584, CENTRAL),),
    "NE": ((680, 689, CENTRAL), (693, 693, MOUNTAIN)),
    "NV": ((889, 897, PACIFIC),),
    "OK": ((730, 738, CENTRAL), (740, 749, CENTRAL)),
    "OR": ((970, 978, PACIFIC),),
    "SD": ((570, 573, CENTRAL), (577, 577, MOUNTAIN)),
    "TN": ((370, 372, CENTRAL), (376, 379, EASTERN), (380, 384, CENTRAL)),
    "TX": ((750, 797, CENTRAL), (799, 799, MOUNTAIN)),
}

# Three-digit ZIP areas by state, first and last. Military and unused areas say nothing about a place.
_ZIP_STATES: tuple[tuple[int, int, str], ...] = (
    (6, 7, "PR"), (8, 8, "VI"), (9, 9, "PR"), (10, 27, "MA"), (28, 29, "RI"), (30, 38, "NH"), (39, 49, "ME"),
    (50, 54, "VT"), (55, 55, "MA"), (56, 59, "VT"), (60, 69, "CT"), (70, 89, "NJ"), (100, 149, "NY"),
    (150, 196, "PA"), (197, 199, "DE"), (200, 200, "DC"), (201, 201, "VA"), (202, 205, "DC"),
    (206, 219, "MD"), (220, 246, "VA"), (247, 268, "WV"), (270, 289, "NC"), (290, 299, "SC"),
    (300, 319, "GA"), (320, 339, "FL"), (341, 349, "FL"), (350, 369, "AL"), (370, 385, "TN"),
    (386, 397, "MS"), (398, 399, "GA"), (400, 427, "KY"), (430, 459, "OH"), (460, 479, "IN"),
    (480, 499, "MI"), (500, 528, "IA"), (530, 549, "WI"), (550, 567, "MN"), (570, 577, "SD"),
    (580, 588, "ND"), (590, 599, "MT"), (600, 629, "IL"), (630, 658, "MO"), (660, 679, "KS"),
    (680, 693, "NE"), (700, 714, "LA"), (716, 729, "AR"), (730, 732, "OK"), (733, 733, "TX"),
    (734, 749, "OK"), (750, 799, "TX"), (800, 816, "CO"), (820, 831, "WY"), (832, 838, "ID"),
    (840, 847, "UT"), (850, 865, "AZ"), (870, 884, "NM"), (885, 885, "TX"), (889, 898, "NV"),
    (900, 961, "CA"), (967, 968, "HI"), (970, 979, "OR"), (980, 994, "WA"), (995, 999, "AK"),
)  # fmt: skip

# The Pacific territories share one area of three digits; the fourth and fifth tell them apart.
_PACIFIC_ZIPS: tuple[tuple[int, int, str], ...] = (
    (96799, 96799, "AS"), (96910, 96932, "GU"), (96939, 96940, "PW"), (96941, 96944, "FM"),
    (96950, 96952, "MP"), (96960, 96970, "MH"),
)  # fmt: skip


def state_name(code: str) -> str:
    """Return the name of a state or territory as it is written; what has none stands for itself."""
    name = next((name for name, each in _NAMES.items() if each == code), code)
    return name if name == code else name.title().replace(" Of ", " of ")


def state_code(state: str) -> str | None:
    """Return the two letters of a state or territory given by them or by its name."""
    word = " ".join(state.upper().split())
    return word if word in _ZONES else _NAMES.get(word)


def zones_of_place(state: str, zip_code: str) -> frozenset[str]:
    """Return every zone the place may be in; none when neither says anything.

    A state and a ZIP code that contradict each other both count.
    """
    named, area = state_code(state), _zip_area(zip_code)
    zoned = state_of_zip(zip_code)
    if zoned is None:
        return frozenset(_ZONES[named]) if named else frozenset()
    sure = {zone for first, last, zone in _SURE_ZIPS.get(zoned, ()) if first <= area <= last}
    found = frozenset(sure or _ZONES[zoned])
    return found if named in {None, zoned} else found | frozenset(_ZONES[named or zoned])


class NotAZip(Invalid):
    """What was typed is no ZIP code that mail could go to."""

    code: ClassVar[str] = "not_a_zip"
    sentence = "A ZIP code has five digits, or nine: 60601 or 60601-1234."


class NotAState(Invalid):
    """What was typed names no state or territory."""

    code: ClassVar[str] = "not_a_state"
    sentence = "Enter a state by its two letters or its name: IL or Illinois."


HIGHEST_ZIP = 99950
"""Ketchikan, Alaska; 99999 is a filler."""
MILITARY = frozenset({"AA", "AE", "AP"})
"""Mail of the armed forces goes by these instead of a state; they say nothing of a place."""
_MILITARY_AREAS: tuple[tuple[int, int], ...] = ((90, 98), (340, 340), (962, 966))


def read_zip(text: str) -> str:
    """Return a ZIP code as it is written on letters; raises NotAZip."""
    digits = "".join(text.split()).replace("-", "")
    if not (digits.isascii() and digits.isdigit()) or len(digits) not in {5, 9}:
        raise NotAZip
    area = int(digits[:3])
    is_military = any(first <= area <= last for first, last in _MILITARY_AREAS)
    if (state_of_zip(digits) is None and not is_military) or int(digits[:5]) > HIGHEST_ZIP:
        raise NotAZip("No post office has this ZIP code. Look at it again.")
    return digits if len(digits) == 5 else f"{digits[:5]}-{digits[5:]}"


def read_state(text: str) -> str:
    """Return the two letters of a state, a territory or the armed forces' mail; raises NotAState."""
    code = state_code(text) or text.strip().upper()
    if code not in _ZONES and code not in MILITARY:
        raise NotAState
    return code


def contradiction(state: str, zip_code: str) -> str:
    """Say that state and ZIP code are of two places; empty when they agree or one says nothing.

    No reason to refuse an address: both places count until somebody knows better.
    """
    named, zoned = state_code(state), state_of_zip(zip_code)
    if named is None or zoned is None or named == zoned:
        return ""
    return (
        f"The ZIP code {zip_code.strip()} is in {zoned}, not in {named}. Until it is cleared up, both count."
    )


def _zip_area(zip_code: str) -> int:
    digits = zip_code.strip().replace("-", "")
    return int(digits[:3]) if digits.isascii() and digits.isdigit() and len(digits) in {5, 9} else -1


def state_of_zip(zip_code: str) -> str | None:
    """Return the two letters of the state a ZIP code lies in; None for one of no place."""
    area = _zip_area(zip_code)
    if area < 0:
        return None
    whole = int(zip_code.strip()[:5])
    if area in {967, 969}:
        for first, last, state in _PACIFIC_ZIPS:
            if first <= whole <= last:
                return state
    return next((state for first, last, state in _ZIP_STATES if first <= area <= last), None)
