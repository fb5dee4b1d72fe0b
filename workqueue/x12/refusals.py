"""Why a file cannot be read as X12 at all. Everything less than that is a `Finding` in the stream."""

from workqueue.rules.refusals import Refusal


class UnreadableFile(Refusal):
    """The bytes are not X12 that anybody could read; nothing of the file was used."""

    code = "file_unreadable"
    sentence = "This file cannot be read as X12. Ask the sender for it again."


class EmptyFile(UnreadableFile):
    """Nothing, or nothing but blank space."""

    code = "file_empty"
    sentence = "This file is empty. Ask the sender for it again."


class WrongEncoding(UnreadableFile):
    """UTF-16 or UTF-32: some editors save so, no payer sends so."""

    code = "file_encoding"
    sentence = (
        "This file was saved as UTF-16 or UTF-32 text, which X12 does not allow. "
        "Save it as plain text (ASCII or UTF-8), or take the file as the payer sent it."
    )


class NotX12(UnreadableFile):
    """No ISA, GS or ST where a file could begin."""

    code = "file_not_x12"
    sentence = (
        "No X12 envelope (ISA, GS or ST) was found at the start of this file. "
        "Check that it is the file the payer or clearinghouse sent."
    )
