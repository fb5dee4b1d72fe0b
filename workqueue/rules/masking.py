"""What eyes see that may not see patients: how, and not who."""

# Elements (from 1) that name nobody; of every other segment nothing but its tag is shown.
_SHOWN: dict[str, frozenset[int]] = {
    "ST": frozenset({1, 3}),
    "SE": frozenset({1}),
    "GE": frozenset({1}),
    "IEA": frozenset({1}),
    "BPR": frozenset({1, 2, 3, 4, 5, 16}),
    "CLP": frozenset({2, 3, 4, 5, 6, 8, 9}),
    "CLM": frozenset({2, 5}),
    "CAS": frozenset(range(1, 20)),
    "SVC": frozenset({2, 3, 5}),
    "PLB": frozenset({2, 4, 6, 8, 10, 12, 14}),
    "STC": frozenset({1, 2, 3, 4, 5}),
    "AMT": frozenset({1, 2}),
    "QTY": frozenset({1, 2}),
    "DTM": frozenset({1}),
    "DTP": frozenset({1, 2}),
    "HL": frozenset({1, 2, 3, 4}),
    "NM1": frozenset({1, 2, 8}),
    "REF": frozenset({1}),
}
MASK = "•••"


def masked(text: str, *, is_table: bool = False) -> str:
    """Return the segment with a mask over everything that could tell who it is about."""
    if is_table:
        return ",".join(MASK if part.strip() else "" for part in text.rstrip("\r\n").split(","))
    tag = text[:3] if text[:3].isalnum() else text[:2]
    separator = text[len(tag) : len(tag) + 1]
    if not separator.strip() or separator.isalnum():
        return MASK
    shown = _SHOWN.get(tag, frozenset())
    elements = text.split(separator)[1:]
    return separator.join(
        [tag, *(each if at in shown or not each else MASK for at, each in enumerate(elements, 1))]
    )


def masked_address(address: str) -> str:
    """Return a number or an e-mail address so that who has it knows it again, and nobody else learns it."""
    local, at, domain = address.rpartition("@")
    return f"{local[:1]}{MASK}@{domain}" if at else f"{MASK}{address[-4:]}"
