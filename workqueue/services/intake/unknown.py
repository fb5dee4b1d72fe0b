"""What a file is that the office cannot read, so that the person who sent it knows what to do."""

_STARTS: tuple[tuple[bytes, str], ...] = (
    (
        b"%PDF",
        "This is a PDF. Ask the payer for the remittance as an 835 file, or enter its payments by hand.",
    ),
    (b"PK\x03\x04", "This is a ZIP archive or an office document. Unpack it and bring the files in it."),
    (b"\x1f\x8b", "This is a compressed file (gzip). Unpack it and bring what is in it."),
    (b"\x89PNG", "This is a picture. Ask the sender for the file as data."),
    (b"\xff\xd8\xff", "This is a picture. Ask the sender for the file as data."),
    (b"{", "This is JSON, which no payer sends here. Bring X12 files or the tables of an export."),
    (b"<", "This is XML or a web page, perhaps the error page of a portal. Fetch the file again."),
    (b"----", "This is a signed or encrypted message. Unpack it and bring what is in it."),
)


def what_it_is(head: bytes) -> str:
    """Return a sentence about a file that is neither X12 nor a table; "" where nothing better is known."""
    start = head.lstrip(b" \t\r\n\xef\xbb\xbf")[:16]
    for mark, sentence in _STARTS:
        if start.startswith(mark):
            return sentence
    first_line = head.partition(b"\n")[0]
    if first_line.count(b",") >= 2 and b"\0" not in first_line:
        return (
            "This looks like a table (CSV), but its columns are of none the office reads: patients, payers, "
            "claims or claims_transactions of an export."
        )
    return ""
