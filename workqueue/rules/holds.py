"""Why the office leaves an account or a person alone, and what each reason stops.

The catalogue of the office's reference (regulation and EDI, 3.1, 3.2 and 3.5). Each hold has a kind, an owner
and an end: an open balance that nobody comes back to would be lost.
"""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from workqueue.rules.channels import CollectsAs
from workqueue.rules.kinds import Party
from workqueue.rules.roles import Role


class HoldKind(StrEnum):
    """The reason for a hold; the value is also what history and the API call it."""

    OFFICE = "office"
    """A reason in a person's own words."""
    BANKRUPTCY = "bankruptcy"
    DECEASED = "deceased"
    MINOR = "minor"
    ATTORNEY = "attorney"
    CEASE = "cease"
    DISPUTE = "dispute"
    ESTIMATE_DISPUTE = "estimate_dispute"
    """Patient-provider dispute about a good faith estimate (45 CFR 149.620)."""
    NO_SURPRISES = "no_surprises"
    ASSISTANCE_OFFERED = "assistance_offered"
    ASSISTANCE_PENDING = "assistance_pending"
    ASSISTANCE_INCOMPLETE = "assistance_incomplete"
    MEDICAID = "medicaid"
    QMB = "qmb"
    WORKERS_COMPENSATION = "workers_compensation"
    LIABILITY = "liability"
    GOVERNMENT_PROGRAM = "government_program"
    OTHER_INSURANCE = "other_insurance"
    MILITARY = "military"
    LEGAL = "legal"
    RESTRICTED = "restricted"
    PAID_IN_FULL_RESTRICTION = "paid_in_full_restriction"
    PRE_COLLECTION = "pre_collection"


class HoldReach(StrEnum):
    """Whom a hold covers."""

    ACCOUNT = "account"
    PERSON = "person"
    """All accounts this person answers for, also those opened later."""
    PATIENT = "patient"
    """What is true of the patient: all bills for their care, whoever answers for them, and all they answer
    for themselves."""


@dataclass(frozen=True)
class HoldFacts:
    """The standing facts of one kind of hold."""

    label: str
    sentence: str
    """What it means for the rep, in words."""
    reach: HoldReach
    stops: frozenset[Party]
    """Whose tasks wait while it lasts."""
    usual_days: int
    """Until it is looked at again, unless somebody says otherwise."""
    citation: str
    tag: str
    """How sure the reference is of its source: V, V2, K-high or K."""
    binds: frozenset[CollectsAs] = frozenset()
    """In which roles of the office it is law to leave them alone; elsewhere it is house policy."""
    may_rep_place: bool = False
    """A rep may place it, because a patient tells it on the telephone; lifting is a lead's."""


_PATIENT = frozenset({Party.PATIENT})
_PAYER = frozenset({Party.PAYER})
_BOTH = _PATIENT | _PAYER

_EVERYBODY = frozenset(CollectsAs)
_COLLECTORS = frozenset({CollectsAs.THIRD_PARTY})

OFFICE_POLICY = "Office policy"
"""The source of what the office decided by itself."""

LONGEST_DAYS = 365
"""A longer reason is looked at again once a year."""

HOLDS: dict[HoldKind, HoldFacts] = {
    HoldKind.BANKRUPTCY: HoldFacts(
        "Bankruptcy",
        "Ask for nothing that was owed on the day of the petition: no call, no statement, no letter; nor of"
        " anybody who owes it together with the patient (chapter 13). Payers are still billed, and care after"
        " the petition stays collectible. A proof of claim may be filed; after the discharge it is written"
        " off.",
        HoldReach.ACCOUNT, _PATIENT, 90, "11 USC 362(a)(6), 524(a)(2), 1301; 362(k)", "V2",
        binds=_EVERYBODY, may_rep_place=True,
    ),
    HoldKind.DECEASED: HoldFacts(
        "Deceased",
        "No call to the person. Only the executor, the administrator or the spouse may be spoken to, and"
        " nobody is told that relatives owe it. A claim against the estate has to come within the state's"
        " period for creditors.",
        HoldReach.PATIENT, _PATIENT, 60, "12 CFR 1006.6(a)(4)", "V", binds=_COLLECTORS, may_rep_place=True,
    ),
    HoldKind.MINOR: HoldFacts(
        "Minor",
        "Speak with the guarantor only, never with the minor. For care to which a minor could consent alone,"
        " the parents get neither call nor statement: ask the lead who may be told.",
        HoldReach.ACCOUNT, _PATIENT, 30, "45 CFR 164.502(g)(3) and state law", "K",
        binds=_EVERYBODY, may_rep_place=True,
    ),
    HoldKind.ATTORNEY: HoldFacts(
        "Attorney",
        "The person has a lawyer for this. Write to the lawyer; do not call or write to the person until the"
        " lawyer allows it or stays silent for a reasonable time.",
        HoldReach.PERSON, _PATIENT, 60, "12 CFR 1006.6(b)(2)", "V2", binds=_COLLECTORS, may_rep_place=True,
    ),
    HoldKind.CEASE: HoldFacts(
        "Asked to cease",
        "The person told us in writing not to contact them. Only a last notice may be sent. They may still"
        " call us, pay, and ask questions.",
        HoldReach.PERSON, _PATIENT, LONGEST_DAYS, "12 CFR 1006.6(c); kept as house policy",
        "V2", binds=_COLLECTORS, may_rep_place=True,
    ),
    HoldKind.DISPUTE: HoldFacts(
        "Disputed bill",
        "Ask for no payment until the dispute is answered in writing. Look into it, correct or confirm the"
        " bill, and tell the patient.",
        HoldReach.ACCOUNT, _PATIENT, 30, "12 CFR 1006.38; 940 CMR 7.08; kept everywhere as house policy",
        "V2", binds=_COLLECTORS, may_rep_place=True,
    ),
    HoldKind.ESTIMATE_DISPUTE: HoldFacts(
        "Good faith estimate disputed",
        "The bill is under review because it is at least $400 above the good faith estimate. Move nothing to"
        " collection and threaten nothing, charge no late fee, and do not retaliate until it is decided.",
        HoldReach.ACCOUNT, _PATIENT, 60, "45 CFR 149.620", "V", binds=_EVERYBODY, may_rep_place=True,
    ),
    HoldKind.NO_SURPRISES: HoldFacts(
        "No Surprises Act",
        "Emergency, out-of-network care in an in-network facility, or air ambulance: the patient owes no more"
        " than the in-network share. Settle the rest with the payer; do not bill it to the patient.",
        HoldReach.ACCOUNT, _PATIENT, 45, "45 CFR 149.410 to 149.440", "K", binds=_EVERYBODY,
    ),
    HoldKind.ASSISTANCE_OFFERED: HoldFacts(
        "Assistance offered",
        "The patient was told of financial assistance and may apply. Help with the application; ask for no"
        " payment meanwhile.",
        HoldReach.ACCOUNT, _PATIENT, 30, "26 CFR 1.501(r)-6(c)(4); house policy", "K", may_rep_place=True,
    ),
    HoldKind.ASSISTANCE_PENDING: HoldFacts(
        "Assistance pending",
        "A complete application is here. All extraordinary collection stops at once until it is decided and"
        " the patient is told; calls that ask for money pause too. Who is found eligible gets back what was"
        " paid too much, from $5.",
        HoldReach.ACCOUNT, _PATIENT, 45, "26 CFR 1.501(r)-6(c)(6)", "K-high", may_rep_place=True,
    ),
    HoldKind.ASSISTANCE_INCOMPLETE: HoldFacts(
        "Assistance application incomplete",
        "An application came, but something is missing. All extraordinary collection stops; tell the patient"
        " in writing what is missing and whom to ask. You may call to help with it, not to ask for money.",
        HoldReach.ACCOUNT, _PATIENT, 30, "26 CFR 1.501(r)-6(c)(5)", "K-high", may_rep_place=True,
    ),
    HoldKind.MEDICAID: HoldFacts(
        "Medicaid",
        "Medicaid is active or applied for. What it pays is payment in full: bill Medicaid, never the patient"
        " for the rest. Check whether it covers earlier months too.",
        HoldReach.ACCOUNT, _PATIENT, 45, "42 CFR 447.15", "K-high", binds=_EVERYBODY, may_rep_place=True,
    ),
    HoldKind.QMB: HoldFacts(
        "Qualified Medicare beneficiary",
        "No deductible, coinsurance or copayment of Medicare may be asked of this person, in any state, even"
        " if they offer it. Bill Medicaid for it, or write it off.",
        HoldReach.PATIENT, _PATIENT, LONGEST_DAYS, "SSA 1902(n)(3)(B)", "V",
        binds=_EVERYBODY, may_rep_place=True,
    ),
    HoldKind.WORKERS_COMPENSATION: HoldFacts(
        "Workers' compensation",
        "The injury may be the employer's to pay. Bill the carrier; ask nothing of the patient while it is"
        " covered or being decided.",
        HoldReach.ACCOUNT, _PATIENT, 60, "State workers' compensation law", "K", may_rep_place=True,
    ),
    HoldKind.LIABILITY: HoldFacts(
        "Accident liability",
        "Somebody else's auto or liability insurance may pay. Bill it, or file the lien the state allows; ask"
        " nothing of the patient meanwhile. With Medicare, its rules on conditional payment hold.",
        HoldReach.ACCOUNT, _PATIENT, 90, "State lien statutes; 42 CFR 411.20 and following", "K",
        may_rep_place=True,
    ),
    HoldKind.GOVERNMENT_PROGRAM: HoldFacts(
        "VA, IHS, TRICARE or custody",
        "A government program answers for this care. Bill it; the patient may be billed only as far as the"
        " program itself says.",
        HoldReach.ACCOUNT, _PATIENT, 60, "Rules of the program", "K", may_rep_place=True,
    ),
    HoldKind.OTHER_INSURANCE: HoldFacts(
        "Other insurance",
        "The patient named another insurance. Check it and bill it; ask nothing of the patient until it has"
        " answered.",
        HoldReach.ACCOUNT, _PATIENT, 45, OFFICE_POLICY, "K", may_rep_place=True,
    ),
    HoldKind.MILITARY: HoldFacts(
        "On military duty",
        "Somebody on active duty. Interest above 6% on what was owed before is forgiven, and no default"
        " judgment is asked for without an affidavit: check the DMDC database before any suit. Payers are"
        " still billed.",
        HoldReach.PERSON, _PATIENT, 180, "50 USC 3931, 3937", "K", may_rep_place=True,
    ),
    HoldKind.LEGAL: HoldFacts(
        "Legal",
        "Counsel has it. Neither the patient nor the payer is contacted; refer whoever calls to the owner,"
        " who watches the payer's deadlines.",
        HoldReach.ACCOUNT, _BOTH, 60, OFFICE_POLICY, "K",
    ),
    HoldKind.RESTRICTED: HoldFacts(
        "Restricted",
        "Only the owner works on this person's accounts, and watches their deadlines. Say nothing to anybody"
        " about it, not even that there is an account.",
        HoldReach.PERSON, _BOTH, 180, OFFICE_POLICY, "K",
    ),
    HoldKind.PAID_IN_FULL_RESTRICTION: HoldFacts(
        "Not to be told to the plan",
        "The patient paid for this care in full and asked that the health plan not be told. Send the plan"
        " nothing and do not call it about this account. It ends if the payment is not honoured.",
        HoldReach.ACCOUNT, _PAYER, LONGEST_DAYS, "45 CFR 164.522(a)(1)(vi)", "K",
        binds=_EVERYBODY, may_rep_place=True,
    ),
    HoldKind.PRE_COLLECTION: HoldFacts(
        "Pre-collection",
        "All that comes before collection has been done and checked. The account is being prepared for"
        " placement; a patient who calls may still pay, dispute, or apply for assistance.",
        HoldReach.ACCOUNT, _PATIENT, 30, "26 CFR 1.501(r)-6(c)", "K-high",
    ),
    HoldKind.OFFICE: HoldFacts(
        "Held by the office",
        "The reason says why. Ask the owner before you contact the patient.",
        HoldReach.ACCOUNT, _PATIENT, 30, OFFICE_POLICY, "K",
    ),
}  # fmt: skip
"""In the order in which they are offered: what is asked of nobody else first, the office's own words last."""

ABOUT_PATIENT = tuple(kind for kind, facts in HOLDS.items() if facts.reach is HoldReach.PATIENT)
"""A guarantor who comes or goes changes nothing about these."""

SPARING_GUARANTOR = (HoldKind.MINOR,)
"""These say: speak with the guarantor. Where there is one, nothing waits (45 CFR 164.502(g)(3))."""

APPLICATIONS = frozenset({HoldKind.ASSISTANCE_PENDING, HoldKind.ASSISTANCE_INCOMPLETE})
"""An application has come: extraordinary collection is suspended (26 CFR 1.501(r)-6(c)(5) and (6))."""


def kinds_for(role: Role) -> tuple[HoldKind, ...]:
    """Return what somebody may place: a rep, what a patient tells on the telephone.

    Nobody places PRE_COLLECTION by hand: it is what a referral leaves, once the gate is open.
    """
    if role is Role.LEAD:
        return tuple(kind for kind in HOLDS if kind is not HoldKind.PRE_COLLECTION)
    return tuple(kind for kind, facts in HOLDS.items() if facts.may_rep_place) if role is Role.REP else ()


def kinds_that_stop(party: Party) -> tuple[HoldKind, ...]:
    """Return the kinds for which the tasks of this party wait."""
    return tuple(kind for kind, facts in HOLDS.items() if party in facts.stops)


_NAMES = frozenset({HoldKind.MEDICAID, HoldKind.NO_SURPRISES, HoldKind.GOVERNMENT_PROGRAM})


def kind_words(kind: HoldKind) -> str:
    """Name a kind inside a sentence: small, unless it is a name."""
    label = HOLDS[kind].label
    return label if kind in _NAMES else label[0].lower() + label[1:]


def hold_words(kind: HoldKind, reason: str) -> str:
    """Name a hold in a line: kind and reason; what the office holds by itself, by the reason alone."""
    return reason if kind is HoldKind.OFFICE else f"{kind_words(kind)}, {reason}"


def is_petition_debt(service_on: date, petition_on: date) -> bool:
    """Tell whether care of that day falls under a bankruptcy.

    Debts that arose before the petition do (11 USC 362(a)(6)). Of the day itself the hour is not known, and
    wrongly asking costs more than waiting; care after it stays collectible.
    """
    return service_on <= petition_on
