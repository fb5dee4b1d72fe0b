"""Which kind of file or transaction set this is."""

import io
import re

from workqueue.x12.records import Kind
from workqueue.x12.refusals import UnreadableFile
from workqueue.x12.segments import Segments

_BY_GUIDE = (
    # Parts of an implementation name (ST03, GS08), 4010 names after those of 5010.
    ("837", r"X222|X098", Kind.PROFESSIONAL_CLAIM),
    ("837", r"X223|X299|X096", Kind.INSTITUTIONAL_CLAIM),
    ("837", r"X224|X300|X097", Kind.DENTAL_CLAIM),
    ("837", r"X298", Kind.PROFESSIONAL_CLAIM),
    ("277", r"X214|X364|X167", Kind.CLAIM_ACKNOWLEDGEMENT),
    ("277", r"X213", Kind.INFORMATION_REQUEST),
)

_BY_CODE = {
    "835": Kind.REMITTANCE,
    "277": Kind.CLAIM_STATUS,
    "837": Kind.PROFESSIONAL_CLAIM,
    "276": Kind.STATUS_REQUEST,
    "270": Kind.ELIGIBILITY_REQUEST,
    "271": Kind.ELIGIBILITY_RESPONSE,
    "997": Kind.FUNCTIONAL_ACKNOWLEDGEMENT,
    "999": Kind.IMPLEMENTATION_ACKNOWLEDGEMENT,
}


def recognise(code: str, implementation: str) -> Kind:
    """The kind by ST01 and the implementation named by ST03 or GS08.

    Where no implementation is named, an 837 is taken for professional and a 277 for claim status: their
    contents then tell better (`claim.py`, `claim_status.py`).
    """
    for set_code, guide, kind in _BY_GUIDE:
        if code == set_code and re.search(guide, implementation):
            return kind
    return _BY_CODE.get(code, Kind.UNKNOWN)


def names_its_kind(code: str, implementation: str) -> bool:
    """True when the implementation says which of several kinds with one code this is."""
    guides = [guide for set_code, guide, _ in _BY_GUIDE if set_code == code]
    return not guides or any(re.search(guide, implementation) for guide in [*guides, "X212|X228|X093"])


def sniff(head: bytes) -> Kind | None:
    """The kind of the first set among the first bytes of a file; None when they are not X12."""
    try:
        segments = Segments(io.BytesIO(head))
    except UnreadableFile:
        return None
    version = ""
    kind: Kind | None = None
    for _, segment in segments.numbered:
        elements = [text.strip() for text in segment.split(segments.separators.element)]
        elements += [""] * (9 - len(elements))
        if elements[0] == "GS":
            version = elements[8]
        elif elements[0] == "TA1":
            kind = Kind.INTERCHANGE_ACKNOWLEDGEMENT
        elif elements[0] == "ST":
            return _sniff_set(elements[1], elements[3] or version, next(segments.numbered, (0, ""))[1])
    return kind or Kind.UNKNOWN


def _sniff_set(code: str, implementation: str, second: str) -> Kind:
    """A 277 whose guide is not named is told by its BHT."""
    kind = recognise(code, implementation)
    if kind is Kind.CLAIM_STATUS and not names_its_kind(code, implementation) and second[4:8] == "0085":
        return Kind.CLAIM_ACKNOWLEDGEMENT
    return kind
