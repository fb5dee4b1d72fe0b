"""Who works in the demonstration office, and how they sign in."""

import json
import os
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from workqueue.models import User
from workqueue.rules.kinds import Skill
from workqueue.rules.roles import Role
from workqueue.services import people, teams

INSURANCE, PATIENTS = "Insurance follow-up", "Patient accounts"
TEAM_SKILLS = {
    INSURANCE: (Skill.CLAIMS, Skill.DENIALS),
    PATIENTS: (Skill.PAYMENTS, Skill.PATIENTS),
}
PASSWORD_BYTES = 12


@dataclass(frozen=True)
class Worker:
    """One person of the office."""

    username: str
    name: str
    role: Role
    team: str = ""


CAST = (
    Worker("ana", "Ana Sampleton", Role.REP, INSURANCE),
    Worker("ben", "Ben Mockford", Role.REP, INSURANCE),
    Worker("otto", "Otto Testwell", Role.REP, PATIENTS),
    Worker("pia", "Pia Specimen", Role.REP, PATIENTS),
    Worker("sue", "Sue Exampleson", Role.LEAD, INSURANCE),
    Worker("leo", "Leo Dummerly", Role.LEAD, PATIENTS),
    Worker("ada", "Ada Placeholder", Role.ADMIN),
    Worker("uma", "Uma Fictional", Role.AUDITOR),
)


@dataclass(frozen=True)
class SignIn:
    """What is typed to be one of them."""

    name: str
    role: str
    username: str
    password: str


def hire(session: Session, sign_ins: Sequence[SignIn], *, now: datetime) -> dict[str, int]:
    """Make the teams and the people; return their numbers by username."""
    team_ids = {name: teams.add(session, name) for name in TEAM_SKILLS}
    skills = {each.code: each.id for each in teams.skills(session)}
    for team, codes in TEAM_SKILLS.items():
        for code in codes:
            teams.give_skill(session, skills[code], team_ids[team])
    passwords = {each.username: each.password for each in sign_ins}
    return {
        worker.username: people.add_user(
            session,
            username=worker.username,
            name=worker.name,
            role=worker.role,
            password=passwords[worker.username],
            team_id=team_ids.get(worker.team),
            skill_ids=[skills[code] for code in TEAM_SKILLS.get(worker.team, ())],
            now=now,
        )
        for worker in CAST
    }


def is_staffed(session: Session) -> bool:
    """Return whether somebody can sign in already."""
    return session.scalar(select(User.id).limit(1)) is not None


def kept_sign_ins(home: Path) -> list[SignIn]:
    """Return the sign-ins of the demonstration, made on first use and kept for the folder's owner only."""
    path = home / "demonstration.json"
    if path.exists():
        return [SignIn(**each) for each in json.loads(path.read_text())]
    made = [
        SignIn(worker.name, worker.role.value, worker.username, secrets.token_urlsafe(PASSWORD_BYTES))
        for worker in CAST
    ]
    home.mkdir(parents=True, exist_ok=True)
    beside = path.with_suffix(".new")
    beside.unlink(missing_ok=True)
    with os.fdopen(os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        json.dump([vars(each) for each in made], file, indent=1)
    # Written beside and renamed: a crash in between leaves no half of it.
    beside.replace(path)
    return made


def usable_sign_ins(session: Session, home: Path) -> list[SignIn]:
    """Return those of the demonstration's sign-ins that this office knows; none in a real office."""
    path = home / "demonstration.json"
    if not path.exists():
        return []
    known = set(session.scalars(select(User.username).where(User.is_active)))
    return [each for each in kept_sign_ins(home) if each.username in known]
