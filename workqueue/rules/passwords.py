"""Which passwords are accepted: length counts, composition rules do not (OWASP ASVS 5.0, 6.2)."""

from workqueue.rules.refusals import Invalid

SHORTEST = 12
LONGEST = 128
FEW_CHARACTERS = 5

# Long enough, and first in every list that is tried.
COMMON = frozenset({
    "123456789012", "1234567890123", "12345678901234", "123456789123", "password1234", "password12345",
    "password123456", "passwordpassword", "qwertyuiop123", "qwertyuiopasdf", "administrator",
    "letmeinletmein", "iloveyouiloveyou", "welcome12345", "welcome123456", "changeme1234", "changemechangeme",
    "workqueue1234", "billingoffice", "1q2w3e4r5t6y", "1qaz2wsx3edc", "abcdefghijkl",
    "correcthorsebatterystaple",
})  # fmt: skip


def check(password: str, username: str, *, field: str = "password") -> None:
    """Refuse a password that is short, common, or made of the person's own name."""
    plain = password.casefold()
    if len(password) < SHORTEST:
        raise Invalid(
            f"Use at least {SHORTEST} characters; a few words in a row are easy to keep.", field=field
        )
    if len(password) > LONGEST:
        raise Invalid(f"Use at most {LONGEST} characters.", field=field)
    if len(set(plain)) < FEW_CHARACTERS or plain.replace(" ", "") in COMMON:
        raise Invalid("This password is among the first that are tried. Choose another.", field=field)
    if len(username) > 3 and username.casefold() in plain:
        raise Invalid("Leave your own username out of the password.", field=field)
