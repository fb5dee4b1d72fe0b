"""The ways in which a person can be reached, and who answers for whom."""

from enum import StrEnum


class ContactChannel(StrEnum):
    """A medium a person may ask the office not to use (12 CFR 1006.14(h))."""

    CALL = "call"
    TEXT = "text"
    EMAIL = "email"
    LETTER = "letter"


class Technology(StrEnum):
    """How a call or text is placed; the consent it needs follows from that (47 USC 227(b)(1)(A))."""

    MANUAL = "manual"
    """A person dials. Needs no consent under the TCPA."""
    AUTOMATED = "automated"
    """Autodialled, prerecorded or an artificial voice. On a mobile it needs prior express consent."""


class ConsentScope(StrEnum):
    """What a consent or a revocation is about (47 CFR 64.1200(a)(10))."""

    AUTOMATED_BILLING = "automated_billing"
    """Automated calls and texts about bills."""
    BILLING = "billing"
    """All contact about bills in this medium."""
    ALL = "all"


class RelationRole(StrEnum):
    """Who somebody is to a patient."""

    PERSONAL_REPRESENTATIVE = "personal_representative"
    """Treated as the patient: guardian, power of attorney, parent of a minor (45 CFR 164.502(g))."""
    AUTHORISED_CONTACT = "authorised_contact"
    """The patient agreed that the office speaks with this person about payment (45 CFR 164.510(b))."""
    EXECUTOR = "executor"
    """Acts for the estate (12 CFR 1006.6(a)(4))."""
    ATTORNEY = "attorney"
    """Speaks for the patient about the debt (12 CFR 1006.6(b)(2))."""


RELATION_WORDS: dict[RelationRole, str] = {
    RelationRole.AUTHORISED_CONTACT: "May be spoken to about payment",
    RelationRole.PERSONAL_REPRESENTATIVE: "Personal representative",
    RelationRole.EXECUTOR: "Executor",
    RelationRole.ATTORNEY: "Attorney",
}
"""How each is called on a page."""


class PointSource(StrEnum):
    """From where the office has a number or an address."""

    FILE = "file"
    PATIENT = "patient"
    RELATIVE = "relative"
    PAYER = "payer"
    SKIP_TRACE = "skip_trace"


class CollectsAs(StrEnum):
    """In whose name the office calls; the law that reaches it follows from that (regulation and EDI, 1.0)."""

    FIRST_PARTY = "first_party"
    EARLY_OUT = "early_out"
    THIRD_PARTY = "third_party"
