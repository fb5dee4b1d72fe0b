"""Files of the kit with what is to be expected of them; cutting them up and mixing them."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from hashlib import sha256
from random import Random
from typing import Any

from workqueue.kit.interchange import Interchange, Kind
from workqueue.kit.totals import Totals, added
from workqueue.rules.states import FileStatus


@dataclass(frozen=True)
class Expected:
    """What a right import reports for a file that arrives at its place in the order."""

    totals: Totals
    status: FileStatus = FileStatus.APPLIED
    duplicates: int = 0
    unmatched: int = 0
    quarantined: int = 0
    """Claims set aside, alone or with their set."""
    has_errors: bool = False
    is_countable: bool = True
    """False where what can be read of it, and so its totals, is the reader's to say."""

    @property
    def applied(self) -> int:
        return self.totals.claims - self.duplicates - self.quarantined

    def as_json(self) -> dict[str, Any]:
        return {
            "status": self.status.value,
            **(self.totals.as_json() if self.is_countable else {}),
            "applied": self.applied,
            "duplicates": self.duplicates,
            "unmatched": self.unmatched,
            "quarantined": self.quarantined,
            "has_errors": self.has_errors,
        }


@dataclass(frozen=True)
class KitFile:
    """One file, ready to be written."""

    name: str
    interchanges: tuple[Interchange, ...]
    content: bytes
    expected: Expected
    fault: str = ""
    done: str = "a right file"
    """What was done to it."""
    right_result: str = "applied"

    @property
    def kind(self) -> Kind:
        return self.interchanges[0].kind

    def as_json(self) -> dict[str, Any]:
        return {
            "file": self.name,
            "kind": self.kind.value,
            "sha256": sha256(self.content).hexdigest(),
            "fault": self.fault or None,
            "done": self.done,
            "right_result": self.right_result,
            "expected": self.expected.as_json(),
        }


def file_of(name: str, *interchanges: Interchange) -> KitFile:
    """Put interchanges into a right file."""
    content = "".join(each.text() for each in interchanges).encode()
    return KitFile(name, interchanges, content, Expected(added(each.totals for each in interchanges)))


@dataclass(frozen=True)
class Kit:
    """All files of one run, in the order in which they are to arrive."""

    seed: int
    day: date
    files: tuple[KitFile, ...] = field(default=())

    def manifest(self) -> str:
        """Say what each file is, what was done to it, and what the right result is."""
        said = {
            "seed": self.seed,
            "date": self.day.isoformat(),
            "files": [each.as_json() for each in self.files],
        }
        return json.dumps(said, indent=1) + "\n"


def cut_in_pieces(file: KitFile, pieces: int) -> list[KitFile]:
    """Split a right file of several transaction sets into at most so many right files of whole sets."""
    if file.fault:
        raise ValueError(f"{file.name} is not a right file ({file.fault}); its pieces would not be either.")
    whole = [(each, one) for each in file.interchanges for one in each.sets]
    size = -(-len(whole) // max(1, pieces))
    cut = []
    for start in range(0, len(whole), size):
        members = whole[start : start + size]
        number = members[0][0].control_number + 1_000 * (start // size + 1)
        piece = replace(members[0][0], sets=tuple(one for _, one in members), control_number=number)
        stem, _, ending = file.name.rpartition(".")
        cut.append(file_of(f"{stem}-{start // size + 1}.{ending}", piece))
    return cut


def shuffled(files: Iterable[KitFile], draw: Random, *, pieces: int = 1, doubled: int = 0) -> list[KitFile]:
    """Return the files in another order: each right one cut up to `pieces` times, `doubled` of them twice."""
    mixed: list[KitFile] = []
    for file in files:
        count = draw.randint(1, pieces)
        mixed += cut_in_pieces(file, count) if count > 1 and not file.fault else [file]
    mixed += _some(mixed, doubled, draw)
    draw.shuffle(mixed)
    return mixed


def _some(files: Sequence[KitFile], wanted: int, draw: Random) -> list[KitFile]:
    return [draw.choice(files) for _ in range(wanted)] if files else []
