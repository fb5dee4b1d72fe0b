"""What a program was answered."""

from typing import Any

from werkzeug.test import TestResponse


def of(answer: TestResponse, status: int = 200) -> Any:
    """Return what was answered, with this status."""
    assert answer.status_code == status, answer.text
    return answer.json


def refusal(answer: TestResponse) -> tuple[int, str]:
    assert answer.content_type == "application/problem+json"
    return answer.status_code, (answer.json or {})["code"]
