"""Tasks with deadlines as lines of a list, in the order in which they were chosen."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session

from workqueue.models import Task
from workqueue.services.reading.lines import TaskLine, lines_of, task_lines

PAGE = 50


@dataclass(frozen=True, slots=True)
class DeadlinePage:
    """One page of a list of tasks, and how long the list is."""

    rows: tuple[TaskLine, ...]
    number: int
    count: int

    @property
    def has_next(self) -> bool:
        return self.number * PAGE < self.count


def deadline_page(session: Session, task_ids: Sequence[int], number: int) -> DeadlinePage:
    """Return one page of these tasks, the first being number 1."""
    shown = task_ids[(number - 1) * PAGE : number * PAGE]
    lines = {line.task_id: line for line in lines_of(session.execute(task_lines(Task.id.in_(shown))))}
    return DeadlinePage(tuple(lines[each] for each in shown if each in lines), number, len(task_ids))
