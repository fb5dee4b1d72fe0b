"""Why tasks change hands, what becomes of a move, and why some stay: closed lists with their words."""

from enum import StrEnum


class RebalanceCause(StrEnum):
    """What made the office share work out anew."""

    LEAD = "lead"
    ABSENCE = "absence"


class RebalanceState(StrEnum):
    """Where one sharing out stands."""

    DRAFT = "draft"
    APPLIED = "applied"
    UNDONE = "undone"
    RETURNED = "returned"
    """The absence was over and its tasks went back."""
    DROPPED = "dropped"
    """Proposed and never wanted."""


class MoveWhy(StrEnum):
    """Why a task moves."""

    CALLBACK = "callback"
    DEADLINE = "deadline"
    ABSENT = "absent"
    SKILL = "skill"
    OVER = "over"
    ROOM = "room"
    OPEN = "open"
    LEAD = "lead"


WHY_WORDS: dict[MoveWhy, str] = {
    MoveWhy.CALLBACK: "A patient expects this call while its owner is away",
    MoveWhy.DEADLINE: "Its deadline comes while its owner is away",
    MoveWhy.ABSENT: "Its owner is away",
    MoveWhy.SKILL: "Its owner no longer does this kind of work",
    MoveWhy.OVER: "Its owner has more than there is time for",
    MoveWhy.ROOM: "Makes room for what only its owner can do",
    MoveWhy.OPEN: "Its deadline is near and it is nobody's",
    MoveWhy.LEAD: "Chosen by hand",
}


class MoveResult(StrEnum):
    """What became of a move."""

    PLANNED = "planned"
    MOVED = "moved"
    FAILED = "failed"
    """It stayed where it was: the world had changed."""
    BACK = "back"
    """Moved, and back where it came from."""
    KEPT = "kept"
    """Moved, and not gone back when the rest did."""


class Stayed(StrEnum):
    """Why a task did not move, or did not go back."""

    DONE = "done"
    IN_HAND = "in_hand"
    GIVEN = "given"
    WORKED = "worked"
    AWAY = "away"
    UNABLE = "unable"
    SPOKEN = "spoken"
    CHANGED = "changed"


STAYED_WORDS: dict[Stayed, str] = {
    Stayed.DONE: "It is done.",
    Stayed.IN_HAND: "Somebody is working on it.",
    Stayed.GIVEN: "It was given to somebody else meanwhile.",
    Stayed.WORKED: "It was worked on meanwhile.",
    Stayed.AWAY: "Whoever was to get it is away.",
    Stayed.UNABLE: "Whoever was to get it does not do this kind of work.",
    Stayed.SPOKEN: "Whoever has it now has spoken with the patient.",
    Stayed.CHANGED: "It changed at the same moment.",
}
