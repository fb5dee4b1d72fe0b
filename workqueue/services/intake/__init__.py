"""Intake: files and payments come in and become facts, once each."""

from workqueue.services.intake.answering import already_here, answer, rejected
from workqueue.services.intake.ordering import in_order_of_dependence
from workqueue.services.intake.reading import read_file
from workqueue.services.intake.receiving import Receipt, receive

__all__ = ["Receipt", "already_here", "answer", "in_order_of_dependence", "read_file", "receive", "rejected"]
