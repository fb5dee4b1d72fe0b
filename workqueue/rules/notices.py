"""What the office has sent to or told a patient about a bill; the clocks of collection begin with it."""

from enum import StrEnum


class NoticeKind(StrEnum):
    """Statements and the notices that 26 CFR 1.501(r)-6(c) asks for before extraordinary collection."""

    STATEMENT = "statement"
    """A billing statement after discharge; the first is day 0."""
    FINAL_NOTICE = "final_notice"
    COLLECTION_NOTICE = "collection_notice"
    """The written notice of intended extraordinary collection actions, 30 days ahead."""
    PLAIN_SUMMARY = "plain_summary"
    """The plain-language summary of the financial assistance policy."""
    ORAL_EFFORT = "oral_effort"
    """The office told the patient of financial assistance by word of mouth."""
    VALIDATION = "validation"
    PAYER_DECIDED = "payer_decided"
    """The remittance after which the patient could first be billed (42 CFR 413.89(e)(2))."""


NOTICES: dict[NoticeKind, str] = {
    NoticeKind.STATEMENT: "Statement",
    NoticeKind.FINAL_NOTICE: "Final notice",
    NoticeKind.COLLECTION_NOTICE: "Written notice of collection, with a deadline",
    NoticeKind.PLAIN_SUMMARY: "Plain-language summary of financial assistance",
    NoticeKind.ORAL_EFFORT: "Told of financial assistance by word of mouth",
    NoticeKind.VALIDATION: "Validation notice",
    NoticeKind.PAYER_DECIDED: "A payer decided, or will not pay",
}
"""How each is called on a page."""
