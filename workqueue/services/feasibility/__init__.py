"""Which hard deadlines of the next days will be missed with the staff there is, and what would help.

`ahead` reads what is due and who has time for it, `report` says what is short, `fixes` what would help.
"""

from workqueue.services.feasibility.ahead import Ahead, ahead
from workqueue.services.feasibility.fixes import FirstDay, Fixes, first_day, fixes
from workqueue.services.feasibility.report import Report, report

__all__ = ["Ahead", "FirstDay", "Fixes", "Report", "ahead", "first_day", "fixes", "report"]
