"""E-mail addresses as people write them, and as we keep them."""

import re
import unicodedata
from typing import ClassVar

from workqueue.rules.refusals import Invalid

LONGEST, LONGEST_LOCAL = 254, 64
"""RFC 5321, 4.5.3.1."""
_LOCAL = re.compile(r"[\w!#$%&'*+/=?^`{|}~-]+(?:\.[\w!#$%&'*+/=?^`{|}~-]+)*")
_LABEL = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?")


class NotAnEmail(Invalid):
    """What was typed is no address a message could be sent to."""

    code: ClassVar[str] = "not_an_email"
    sentence = "This is not an e-mail address. It looks like name@example.org."


def to_address(text: str) -> str:
    """Return the address with its domain in small letters.

    What stands before the @ keeps its letters: some servers tell them apart. Raises NotAnEmail.
    """
    typed = unicodedata.normalize("NFC", text).strip().removeprefix("mailto:")
    if any(each.isspace() for each in typed) or "," in typed or ";" in typed:
        raise NotAnEmail("An e-mail address has no blanks or commas. Enter one address in a field.")
    if typed.count("@") != 1:
        raise NotAnEmail
    local, domain = typed.split("@")
    if not _LOCAL.fullmatch(local) or len(local) > LONGEST_LOCAL:
        raise NotAnEmail("The part before the @ cannot be right. Look for a missing or doubled character.")
    labels = _labels(domain)
    if len(labels) < 2 or not all(map(_LABEL.fullmatch, labels)) or labels[-1].isdigit():
        raise NotAnEmail("The part after the @ cannot be right. It looks like example.org.")
    address = f"{local}@{'.'.join(labels)}"
    if len(address) > LONGEST:
        raise NotAnEmail(f"An e-mail address has at most {LONGEST} characters.")
    return address


def domain_of(address: str) -> str:
    """Return what stands behind the @ of an address that `to_address` has read."""
    return address.rpartition("@")[2]


def to_domain(text: str) -> str:
    """Return a domain as `to_address` writes it; raises NotAnEmail for what is none."""
    return domain_of(to_address(f"name@{text.strip().removeprefix('@')}"))


def _labels(domain: str) -> list[str]:
    """Return the parts of a domain in the form the network uses; none for what has no such form."""
    try:
        return domain.lower().encode("idna").decode().split(".")
    except UnicodeError:
        return []
