"""What people can do on a day: kinds of work with their level, and languages."""

from collections.abc import Collection
from datetime import date

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from workqueue.models import UserLanguage, UserSkill
from workqueue.rules.shifts import SkillLevel

SPOKEN_BY_ALL = "en"


def levels(session: Session, user_ids: Collection[int], on: date) -> dict[int, dict[int, SkillLevel]]:
    """Return for each person the skills that hold on this day, with the level."""
    found: dict[int, dict[int, SkillLevel]] = {user_id: {} for user_id in user_ids}
    rows = session.execute(
        select(UserSkill.user_id, UserSkill.skill_id, UserSkill.level).where(
            UserSkill.user_id.in_(user_ids), UserSkill.holds_on(on)
        )
    )
    for user_id, skill_id, level in rows:
        found[user_id][skill_id] = level
    return found


def languages(session: Session, user_ids: Collection[int], on: date) -> dict[int, set[str]]:
    """Return for each person the languages they speak with patients on this day, besides English."""
    found: dict[int, set[str]] = {user_id: set() for user_id in user_ids}
    rows = session.execute(
        select(UserLanguage.user_id, UserLanguage.language).where(
            UserLanguage.user_id.in_(user_ids),
            or_(UserLanguage.expires_on.is_(None), UserLanguage.expires_on >= on),
        )
    )
    for user_id, language in rows:
        found[user_id].add(language)
    return found
