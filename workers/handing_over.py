"""What can come of handing a message over, whoever takes it: a mail server, a provider of texts, a folder."""

from pathlib import Path


class Refused(Exception):  # noqa: N818  # named after what is the case
    """The message was not taken; nothing of it went out."""

    def __init__(self, error: str, *, is_final: bool = False) -> None:
        super().__init__(error)
        self.error = error
        self.is_final = is_final


class NobodyKnows(Exception):  # noqa: N818  # named after what is the case
    """The line broke after the message was handed over: it may have gone out."""


def into_folder(folder: Path, name: str, data: bytes) -> None:
    """Put a file into a folder whole or not at all: put there twice, it is one file."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        beside = folder / f"{name}.part"
        beside.write_bytes(data)
        beside.replace(folder / name)
    except OSError as error:
        raise Refused(type(error).__name__) from error
