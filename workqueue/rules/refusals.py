"""Every "no" this office can say: a named class with a sentence for the person; the web knows its status."""

from typing import Any, ClassVar


class Refusal(Exception):  # noqa: N818  # a refusal is an answer, not an error
    """Something was asked that the office may not or cannot do now; nothing was changed."""

    code: ClassVar[str] = "refused"
    sentence: str = "This cannot be done now."

    def __init__(self, sentence: str | None = None) -> None:
        if sentence is not None:
            self.sentence = sentence
        super().__init__(self.sentence)

    def details(self) -> dict[str, Any]:
        """Return what a program may want beyond the sentence: plain values by name."""
        return {}


class NotFound(Refusal):
    """There is no such thing, or this person has no business knowing that there is."""

    code = "not_found"
    sentence = "There is no such page or record, or it is not yours to see."


class Invalid(Refusal):
    """What was sent cannot be used as it stands; `field` is the name of the input to look at."""

    code = "invalid"
    sentence = "Something in this form needs another look."

    def __init__(self, sentence: str | None = None, *, field: str | None = None) -> None:
        super().__init__(sentence)
        self.field = field

    def details(self) -> dict[str, Any]:
        return {"field": self.field} if self.field else {}


class NotAllowed(Refusal):
    """This person's role does not include it."""

    code = "not_allowed"
    sentence = "Your role does not include this."


class TooManyAttempts(Refusal):
    """Too many wrong passwords came from here; `wait_seconds` is how long until the next is looked at."""

    code = "too_many_attempts"
    sentence = "Too many attempts. Wait a few minutes, then try again."

    def __init__(self, sentence: str | None = None, *, wait_seconds: int = 300) -> None:
        super().__init__(sentence)
        self.wait_seconds = wait_seconds

    def details(self) -> dict[str, Any]:
        return {"wait_seconds": self.wait_seconds}


class Unavailable(Refusal):
    """The office's own machinery is too busy for this at the moment; the same request may succeed soon."""

    code = "unavailable"
    sentence = "Too much is going on at once. Try again in a moment."
