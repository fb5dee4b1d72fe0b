"""Files that are wrong in one known way, or come at the wrong time."""

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import timedelta
from itertools import cycle

from workqueue.kit.files import Expected, KitFile
from workqueue.kit.interchange import Delimiters, Segment, TransactionSet, money
from workqueue.kit.office import Bill
from workqueue.kit.settling import Settled, Settlement, reversal_of, settle
from workqueue.kit.status import Status
from workqueue.kit.totals import added
from workqueue.kit.workshop import Workshop
from workqueue.rules.states import FileStatus

Maker = Callable[[Workshop, Sequence[Bill]], list[KitFile]]

FAULTS: dict[str, Maker] = {}
BILLS_A_FAULT = 4


def _fault(maker: Maker) -> Maker:
    FAULTS[maker.__name__] = maker
    return maker


def faulty_files(shop: Workshop, portions: Sequence[Sequence[Bill]], names: Sequence[str]) -> list[KitFile]:
    """Make the files of these faults, each about a portion of its own while there are enough."""
    if names and not portions:
        raise ValueError("Faults are shown on the office's own claims, and it has none yet.")
    return [
        file
        for name, portion in zip(names, cycle(portions), strict=False)
        for file in FAULTS[name](shop, portion)
    ]


def portions_of(bills: Sequence[Bill], wanted: int) -> list[list[Bill]]:
    """Deal out up to so many portions of first bills, those of one portion to one payer."""
    by_payer: dict[str, list[Bill]] = defaultdict(list)
    for bill in bills:
        if bill.sequence == 1:
            by_payer[bill.insurer.code].append(bill)
    whole = [
        members[start : start + BILLS_A_FAULT]
        for members in by_payer.values()
        for start in range(0, len(members) - BILLS_A_FAULT + 1, BILLS_A_FAULT)
    ]
    if whole or not by_payer:
        return whole[:wanted]
    # A very small office: its first payer is told the same several times.
    few = cycle(next(iter(by_payer.values())))
    return [[next(few) for _ in range(BILLS_A_FAULT)]][:wanted]


def _paid(shop: Workshop, bills: Sequence[Bill]) -> list[Settled]:
    return [settle(bill, Settlement.PAID, shop.draw("fault", bill.number)) for bill in bills]


def _one_set(shop: Workshop, bills: Sequence[Bill]) -> TransactionSet:
    return shop.remittance(_paid(shop, bills), shop.day)


def _edited(
    one: TransactionSet, name: str, element: int, edit: Callable[[str], str], occurrence: int = 0
) -> TransactionSet:
    """Change one element of one segment."""
    places = [place for place, segment in enumerate(one.body) if segment[0] == name]
    place = places[occurrence]
    segment: list[str | tuple[str, ...]] = list(one.body[place])
    segment[element] = edit(str(segment[element]))
    body: list[Segment] = list(one.body)
    body[place] = tuple(segment)
    return replace(one, body=tuple(body))


def _plus_one_cent(text: str) -> str:
    whole, _, rest = text.partition(".")
    return money(int(whole) * 100 + int(f"{rest:<02}"[:2]) + 1)


@_fault
def duplicate_file(shop: Workshop, bills: Sequence[Bill]) -> list[KitFile]:
    first = shop.file(_one_set(shop, bills))
    again = replace(first, name=shop.file(_one_set(shop, bills)).name)
    claims = first.expected.totals.claims
    expected = replace(first.expected, status=FileStatus.DUPLICATE, duplicates=claims, has_errors=True)
    done = f"the bytes of {first.name} under another name"
    return [
        first,
        shop.faulty("duplicate_file", done, "duplicate; nothing changes", again, expected=expected),
    ]


@_fault
def duplicate_set_in_new_envelope(shop: Workshop, bills: Sequence[Bill]) -> list[KitFile]:
    one = _one_set(shop, bills)
    first, again = shop.file(one), shop.file(one)
    expected = replace(again.expected, status=FileStatus.DUPLICATE, duplicates=again.expected.totals.claims)
    done = f"the payment of {first.name} in an interchange of its own"
    right = "every claim a duplicate; nothing changes"
    return [first, shop.faulty("duplicate_set_in_new_envelope", done, right, again, expected=expected)]


@_fault
def same_trace_other_amount(shop: Workshop, bills: Sequence[Bill]) -> list[KitFile]:
    trace = shop.reference("T")
    settled = _paid(shop, bills)
    first = shop.file(shop.remittance(settled[:1], shop.day, trace))
    second = shop.file(shop.remittance(settled[1:], shop.day, trace))
    done = f"the trace number of {first.name} with other claims and another amount"
    right = "another payment: applied"
    return [first, shop.faulty("same_trace_other_amount", done, right, second)]


@_fault
def same_payment_other_content(shop: Workshop, bills: Sequence[Bill]) -> list[KitFile]:
    trace = shop.reference("T")
    (settled,) = _paid(shop, bills[:1])
    first = shop.file(shop.remittance([settled], shop.day, trace))
    second = shop.file(shop.remittance([replace(settled, bill=bills[1])], shop.day, trace))
    done = f"the trace, day and amount of {first.name}, but for another claim"
    expected = replace(second.expected, status=FileStatus.QUARANTINED, quarantined=1, has_errors=True)
    right = "quarantined: one payment cannot say two things"
    return [first, shop.faulty("same_payment_other_content", done, right, second, expected=expected)]


@_fault
def unknown_claim_number(shop: Workshop, bills: Sequence[Bill]) -> list[KitFile]:
    unknown = replace(bills[0], number=f"X{shop.seed}{shop.day:%y%m%d}")
    file = shop.file(_one_set(shop, [unknown, *bills[1:]]))
    expected = replace(file.expected, unmatched=1)
    right = "applied; the money of the unknown number is unapplied cash with a task"
    done = "the first claim has a number the office never gave"
    return [shop.faulty("unknown_claim_number", done, right, file, expected=expected)]


@_fault
def empty_claim_number(shop: Workshop, bills: Sequence[Bill]) -> list[KitFile]:
    file = shop.file(_one_set(shop, [replace(bills[0], number=""), *bills[1:]]))
    expected = replace(file.expected, status=FileStatus.PARTIAL, quarantined=1, has_errors=True)
    right = "this claim is quarantined, the others are applied"
    return [
        shop.faulty("empty_claim_number", "the first claim has no number", right, file, expected=expected)
    ]


@_fault
def unbalanced_claim(shop: Workshop, bills: Sequence[Bill]) -> list[KitFile]:
    good, bad = _one_set(shop, bills[:2]), _one_set(shop, bills[2:])
    bad = _edited(bad, "CAS", 3, _plus_one_cent)
    group = str(next(each for each in bad.body if each[0] == "CAS")[1])
    sums = bad.totals.adjustment_cents
    bad = replace(bad, totals=replace(bad.totals, adjustment_cents={**sums, group: sums[group] + 1}))
    file = shop.file(good, bad)
    expected = replace(
        file.expected, status=FileStatus.PARTIAL, quarantined=bad.totals.claims, has_errors=True
    )
    right = "the second set is quarantined, the first is applied"
    done = "one adjustment of the second set is a cent too high"
    return [shop.faulty("unbalanced_claim", done, right, file, expected=expected)]


@_fault
def unbalanced_set(shop: Workshop, bills: Sequence[Bill]) -> list[KitFile]:
    one = _edited(_one_set(shop, bills), "BPR", 2, _plus_one_cent)
    file = shop.file(replace(one, totals=replace(one.totals, bpr_cents=one.totals.bpr_cents + 1)))
    return [_quarantined(shop, "unbalanced_set", "the payment is a cent more than its claims", file)]


def _quarantined(
    shop: Workshop,
    fault: str,
    done: str,
    file: KitFile,
    content: bytes | None = None,
    *,
    countable: bool = True,
) -> KitFile:
    expected = replace(
        file.expected,
        status=FileStatus.QUARANTINED,
        quarantined=file.expected.totals.claims,
        has_errors=True,
        is_countable=countable,
    )
    right = "quarantined, with the segment and its position; nothing is applied"
    return shop.faulty(fault, done, right, file, content=content, expected=expected)


@_fault
def wrong_se_count(shop: Workshop, bills: Sequence[Bill]) -> list[KitFile]:
    one = _one_set(shop, bills)
    file = shop.file(replace(one, declared_segments=len(one.body) + 1))
    expected = replace(file.expected, has_errors=True)
    right = "applied, because its money balances, and flagged"
    return [shop.faulty("wrong_se_count", "SE01 is one too low", right, file, expected=expected)]


@_fault
def truncated(shop: Workshop, bills: Sequence[Bill]) -> list[KitFile]:
    settled = _paid(shop, bills)
    payment = shop.payment(settled, shop.day)
    file = shop.file(shop.remittance(settled, shop.day, payment.trace))
    content = file.content[: file.content.rindex(b"CLP*")]
    read = added([*(each.totals for each in settled[:-1])])
    read = replace(read, transactions=1, bpr_cents=payment.cents)
    file = replace(file, expected=Expected(read))
    return [_quarantined(shop, "truncated", "it ends before the last claim", file, content)]


@_fault
def odd_delimiters(shop: Workshop, bills: Sequence[Bill]) -> list[KitFile]:
    signs = Delimiters(element="|", repetition="!", component=">", segment="'", line_break="\r\n")
    odd = replace(shop.interchange(_one_set(shop, bills)), delimiters=signs)
    done = "separators | ! > and ' with line breaks of two signs"
    return [shop.faulty("odd_delimiters", done, "applied", shop.file_of(odd))]


@_fault
def no_line_breaks(shop: Workshop, bills: Sequence[Bill]) -> list[KitFile]:
    flat = replace(shop.interchange(_one_set(shop, bills)), delimiters=Delimiters(line_break=""))
    return [shop.faulty("no_line_breaks", "one long line", "applied", shop.file_of(flat))]


@_fault
def bom(shop: Workshop, bills: Sequence[Bill]) -> list[KitFile]:
    file = shop.file(_one_set(shop, bills))
    content = b"\xef\xbb\xbf" + file.content
    return [
        shop.faulty("bom", "a byte order mark before the first segment", "applied", file, content=content)
    ]


@_fault
def two_interchanges(shop: Workshop, bills: Sequence[Bill]) -> list[KitFile]:
    pair = (shop.interchange(_one_set(shop, part)) for part in (bills[:2], bills[2:]))
    return [shop.faulty("two_interchanges", "one behind the other", "applied", shop.file_of(*pair))]


@_fault
def bad_money(shop: Workshop, bills: Sequence[Bill]) -> list[KitFile]:
    file = shop.file(_edited(_one_set(shop, bills), "CLP", 4, lambda text: f"{text}O"))
    return [_quarantined(shop, "bad_money", "a paid amount ends in a letter", file, countable=False)]


@_fault
def bad_date(shop: Workshop, bills: Sequence[Bill]) -> list[KitFile]:
    file = shop.file(_edited(_one_set(shop, bills), "BPR", 16, lambda text: f"{text[:4]}1332"))
    return [_quarantined(shop, "bad_date", "the payment date is the 32nd of a 13th month", file)]


@_fault
def reversal_before_original(shop: Workshop, bills: Sequence[Bill]) -> list[KitFile]:
    (original,) = _paid(shop, bills[:1])
    denied = settle(bills[0], Settlement.DENIED, shop.draw("fault"), reason="50")
    corrected = shop.file(shop.remittance([reversal_of(original), denied], shop.day))
    first = shop.file(shop.remittance([original], shop.day - timedelta(days=7)))
    done = f"the reversal and correction of what {first.name} pays, which comes after it"
    right = "applied; once both are in, the claim is denied and nothing is paid"
    return [shop.faulty("reversal_before_original", done, right, corrected), first]


@_fault
def out_of_order(shop: Workshop, bills: Sequence[Bill]) -> list[KitFile]:
    older = [Status(bill, "P1", "20", shop.day - timedelta(days=9)) for bill in bills]
    newer = [Status(bill, "P3", "46", shop.day - timedelta(days=2)) for bill in bills]
    late = shop.file(shop.status(newer, newer[0].on))
    early = shop.file(shop.status(older, older[0].on))
    done = f"older statuses than those of {late.name}, which came first"
    return [late, shop.faulty("out_of_order", done, "applied; the newer status (P3) stays", early)]


@_fault
def status_before_submission(shop: Workshop, bills: Sequence[Bill]) -> list[KitFile]:
    new = [
        replace(bill, number=f"N{shop.seed}{shop.day:%y%m%d}{ordinal}", sequence=1, known_control_number="")
        for ordinal, bill in enumerate(bills)
    ]
    status = shop.file(
        shop.acknowledgement([Status(bill, "A2", "20", shop.day, "PR") for bill in new], shop.day)
    )
    submission = shop.file(shop.submission(new, shop.day))
    done = f"the acknowledgement of the claims of {submission.name}, which comes after it"
    right = "applied to accounts that are identified by the submission"
    expected = replace(status.expected, unmatched=len(new))
    return [
        shop.faulty("status_before_submission", done, right, status, expected=expected),
        submission,
    ]
