"""Everything the interface does, from the same classes its answers are made of."""

from workqueue.api.callbacks import MOST_AHEAD, NAMES, OfferedTimes
from workqueue.api.contact_rules import RuleInForce
from workqueue.api.feasibility import DeadlineFeasibility
from workqueue.api.operation import (
    CENTS,
    COUNT,
    DAY,
    FLAG,
    MOMENT,
    PAGING,
    ROW_ID,
    TEXT,
    Operation,
    object_of,
    one_of,
    page_of,
)
from workqueue.api.schemas import Schema, Schemas
from workqueue.rules.call_states import CallState
from workqueue.rules.channels import ConsentScope, ContactChannel, PointSource
from workqueue.rules.contact_verdict import Verdict
from workqueue.rules.disposition_fields import CHOICES
from workqueue.rules.entries import OutcomeEntry
from workqueue.rules.kinds import TaskKind
from workqueue.rules.notices import NoticeKind
from workqueue.rules.shifts import AbsenceKind
from workqueue.rules.states import CallbackState, PhonePlace, TaskState
from workqueue.services.booking.promising import Promise
from workqueue.services.call_steps import TOLD_BY_TELEPHONE
from workqueue.services.outcomes import LoggedOutcome
from workqueue.services.reading.account import AccountView
from workqueue.services.reading.callback_list import ListedCallback
from workqueue.services.reading.history import ChangeLine
from workqueue.services.reading.lines import TaskLine
from workqueue.services.reading.person import PersonView
from workqueue.services.reading.rebalances import MoveLine, RebalanceView
from workqueue.services.reading.summary import QueueSummary
from workqueue.services.reading.task import TaskCard, Why
from workqueue.services.rebalancing import Done


def operations(schemas: Schemas) -> tuple[Operation, ...]:
    """List everything the interface does."""
    token = {"lease_token": ROW_ID}
    verdict, card, callback = schemas.of(Verdict), schemas.of(TaskCard), schemas.of(ListedCallback)
    _as_sent(schemas)
    shown = {"task": card, "why": schemas.of(Why), "verdict": {"anyOf": [verdict, {"type": "null"}]}}
    lease = object_of({"token": ROW_ID, "until": MOMENT})
    choices = (
        ("state", schemas.of(TaskState)),
        ("kind", schemas.of(TaskKind)),
        ("owner_id", ROW_ID),
        ("holder_id", ROW_ID),
        ("team_id", ROW_ID),
    )
    return (
        Operation(
            "post", "/tasks/next", "next_task", "Lease the task most worth doing; 204 when there is none.",
            {200: object_of({**shown, "lease": lease}), 204: None},
        ),
        Operation(
            "get", "/tasks", "list_tasks", "List a team's tasks.", {200: page_of(schemas.of(TaskLine))},
            query=(*choices, *PAGING),
        ),
        Operation(
            "get", "/tasks/{task_id}", "show_task", "Show one task.", {200: object_of(shown)},
        ),
        Operation(
            "post", "/tasks/{task_id}/heartbeat", "heartbeat", "Keep the task a while longer.",
            {200: object_of({"until": MOMENT})}, body=object_of(token), refusals=(409,),
        ),
        Operation(
            "post", "/tasks/{task_id}/release", "release", "Give the task back unworked.", {204: None},
            body=object_of(token, reason=TEXT), refusals=(409,),
        ),
        Operation(
            "post", "/tasks/{task_id}/calls", "place_call",
            "Place a call; 409 with the reasons and the next legal instant when it is not allowed.",
            {201: object_of({"call_id": ROW_ID, "verdict": verdict})}, body=object_of(token, phone_id=ROW_ID),
            refusals=(409,),
        ),
        Operation(
            "post", "/tasks/{task_id}/outcome", "log_outcome",
            "Log what was done; 409 hands back the entry when the lease is lost.",
            {201: schemas.of(LoggedOutcome), 200: schemas.of(LoggedOutcome)},
            body=_outcome(schemas), refusals=(409,),
        ),
        Operation(
            "post", "/calls/{call_id}/events", "hear_event",
            "Report what happens to a call; said twice under one event_id it is heard once.",
            {201: object_of({"call_id": ROW_ID, "state": schemas.of(CallState)})},
            body=object_of({"event": one_of(sorted(TOLD_BY_TELEPHONE)), "event_id": TEXT}, at=MOMENT),
        ),
        Operation(
            "post", "/rebalances", "propose_rebalance", "Propose how the team's work is shared out anew.",
            {201: object_of({"rebalance": schemas.of(RebalanceView)})},
            body=object_of({"reason": TEXT}, until_on=DAY, with_open_deadlines=FLAG),
            refusals=(409,),
        ),
        Operation(
            "get", "/rebalances/{rebalance_id}", "show_rebalance", "Show a rebalance and its moves in pages.",
            {200: page_of(schemas.of(MoveLine), rebalance=schemas.of(RebalanceView))}, query=PAGING,
        ),
        Operation(
            "post", "/rebalances/{rebalance_id}/apply", "apply_rebalance",
            "Do all of it; what has changed since stays where it is.", {200: schemas.of(Done)},
            body=object_of({}), refusals=(409,),
        ),
        Operation(
            "post", "/rebalances/{rebalance_id}/undo", "undo_rebalance",
            "Give back what is still where it was put.", {200: schemas.of(Done)}, body=object_of({}),
            refusals=(409,),
        ),
        Operation(
            "post", "/people/{user_id}/absences", "add_absence",
            "Write that somebody is away; without a beginning from now on.",
            {201: object_of({"absence_id": ROW_ID})},
            body=object_of({"kind": schemas.of(AbsenceKind), "ends_at": MOMENT}, starts_at=MOMENT),
            refusals=(409,),
        ),
        Operation(
            "post", "/absences/{absence_id}/end", "end_absence",
            "Let an absence end at another moment, now when none is sent.",
            {200: object_of({"absence_id": ROW_ID, "is_called_off": FLAG})},
            body=object_of({}, ends_at=MOMENT), refusals=(409,),
        ),
        Operation(
            "get", "/accounts/{account_id}", "show_account", "Show an account; 304 when its ETag is current.",
            {200: schemas.of(AccountView), 304: None},
        ),
        Operation(
            "get", "/accounts/{account_id}/history", "show_history", "List what changed and why.",
            {200: page_of(schemas.of(ChangeLine))}, query=PAGING,
        ),
        Operation(
            "get", "/patients/{patient_id}", "show_patient", "Show how to reach a person, and their bills.",
            {200: schemas.of(PersonView)},
        ),
        Operation(
            "post", "/patients/{patient_id}/phones", "add_patient_phone", "Write a number of a person.",
            {201: object_of({"phone_id": ROW_ID})},
            body=object_of({"number": TEXT, "place": schemas.of(PhonePlace)}, source=schemas.of(PointSource),
                         language=TEXT),
        ),
        Operation(
            "post", "/patients/{patient_id}/consents", "add_patient_consent",
            "Write that a person allowed something, or took it back.",
            {201: object_of({"consent_id": ROW_ID})},
            body=object_of({"channel": schemas.of(ContactChannel), "scope": schemas.of(ConsentScope),
                          "is_given": FLAG, "how": TEXT, "said_at": MOMENT}, phone_id=ROW_ID),
        ),
        Operation(
            "get", "/queue/summary", "show_summary", "Count open balances by state.",
            {200: schemas.of(QueueSummary)},
        ),
        Operation(
            "get", "/feasibility", "show_feasibility",
            "Say which hard deadlines of the next working days cannot be kept, and what would help.",
            {200: schemas.of(DeadlineFeasibility)},
            query=(("team_id", COUNT), ("days", {"type": "integer", "minimum": 1, "maximum": 30})),
        ),
        Operation(
            "get", "/contact-rules", "list_contact_rules", "List the rules of contact that hold on a day.",
            {200: object_of({"items": {"type": "array", "items": schemas.of(RuleInForce)}})},
            query=(("on", {"type": "string", "format": "date"}),),
        ),
        Operation(
            "post", "/payments", "take_payment", "Report one payment; said twice it counts once.",
            {201: object_of(PAYMENT), 200: object_of(PAYMENT)},
            body=object_of({"source": TEXT, "source_id": TEXT, "account": TEXT, "amount_cents": CENTS,
                          "received_at": MOMENT}),
        ),
        Operation(
            "post", "/notices", "take_notices",
            "Report statements and notices that were sent; the same run again changes nothing.",
            {201: object_of({"recorded": COUNT, "known": COUNT,
                           "unknown": {"type": "array", "items": COUNT,
                                       "description": "places in the run whose account nobody knows"}})},
            body=object_of({"notices": {
                "type": "array", "minItems": 1, "maxItems": 5000,
                "items": object_of(
                    {"account": TEXT, "kind": schemas.of(NoticeKind), "given_on": DAY},
                    deadline_on={**DAY, "description": "needed for a collection_notice, 30 days away"},
                    evidence=TEXT,
                ),
            }}),
        ),
        Operation(
            "post", "/accounts/{account_id}/callback-links", "make_callback_link",
            "Make a link and a letter's code by which whoever answers for the account books a call.",
            {201: object_of({"link_id": ROW_ID, "url": TEXT, "letter_code": TEXT, "expires_at": MOMENT})},
            body=object_of({"channel": {"type": "string", "enum": ["letter", "email", "text"]}}),
            refusals=(404,),
        ),
        Operation(
            "get", "/callbacks", "list_callbacks",
            "List callbacks by their time, for 31 days at most; this week's when nothing is said.",
            {200: page_of(callback)},
            query=(("from", MOMENT), ("until", MOMENT), ("rep_id", ROW_ID),
                   ("state", schemas.of(CallbackState)), *PAGING),
        ),
        Operation(
            "get", "/accounts/{account_id}/free-times", "list_free_times",
            "List the times that can be promised to who answers, the soonest first, 200 at most; where a call"
            " is booked, those it can be moved to.",
            {200: schemas.of(OfferedTimes)},
            query=(("phone_id", ROW_ID), ("is_asked", ASKED),
                   ("days", {"type": "integer", "minimum": 1, "maximum": MOST_AHEAD})),
        ),
        Operation(
            "post", "/accounts/{account_id}/callbacks", "book_callback",
            "Promise a call to who answers; 409 with the nearest times when it is not to be had.",
            {201: schemas.of(Promise)},
            body=object_of({"at": MOMENT}, phone_id=ROW_ID, rep_id=ROW_ID, is_asked=ASKED), refusals=(409,),
        ),
        Operation(
            "post", "/callbacks/{callback_id}/move", "move_callback",
            "Promise the call at another time; 409 with the nearest times, and it stays.",
            {200: schemas.of(Promise)},
            body=object_of({"at": MOMENT}, is_asked=ASKED, reason=TEXT), refusals=(409,),
        ),
        Operation(
            "post", "/callbacks/{callback_id}/hand-on", "hand_on_callback",
            "Let another rep make the call: a lead any, a rep their own and what is open to all.",
            {200: schemas.of(Promise)}, body=object_of({"rep_id": ROW_ID}, reason=TEXT), refusals=(409,),
        ),
        Operation(
            "post", "/callbacks/{callback_id}/cancel", "cancel_callback", "Call it off.", {204: None},
            body=object_of({}, reason=TEXT), refusals=(409,),
        ),
        Operation(
            "post", "/intake", "take_file", "Hand in a file, as multipart or as the body.",
            {202: object_of({"file_id": ROW_ID, "sha256": TEXT, "status": TEXT, "report_url": TEXT})},
            takes_file=True, query=(("name", TEXT),),
        ),
        Operation(
            "get", "/files/{file_id}", "file_report", "Say what became of a file.",
            {200: object_of({"file_id": ROW_ID, "file": TEXT, "status": TEXT, "received_at": MOMENT})},
        ),
        Operation("get", "/openapi.json", "show_description", "This description.", {200: {"type": "object"}}),
    )  # fmt: skip


ASKED: Schema = {**FLAG, "description": "the person asked for a call at this time: their consent"}
PAYMENT: dict[str, Schema] = {
    "fact_id": ROW_ID,
    "status": {"type": "string", "enum": ["received", "duplicate"]},
    "is_matched": FLAG,
}


def _as_sent(schemas: Schemas) -> None:
    """Say what the views change: reasons join a verdict, some is left out.

    A card's reasons and verdict stand beside it; a callback has ids in place of names.
    """
    verdict = schemas.found["Verdict"]
    verdict["properties"]["reasons"] = {"type": "array", "items": TEXT}
    verdict["required"].append("reasons")
    for kind, left_out in {"TaskCard": ("why", "payer_verdict"), "ListedCallback": NAMES}.items():
        for name in left_out:
            del schemas.found[kind]["properties"][name]
            schemas.found[kind]["required"].remove(name)


def _outcome(schemas: Schemas) -> Schema:
    """Describe an outcome; of what the office offers a choice, only that is taken."""
    body = schemas.body_of(OutcomeEntry, lease_token=ROW_ID)
    for field, choices in CHOICES.items():
        body["properties"][field.value] = one_of(choices)
    body["properties"]["weekdays"]["items"] |= {"minimum": 0, "maximum": 6, "description": "0 is Monday"}
    return body
