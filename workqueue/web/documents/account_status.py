"""The status report of an account as PDF: the printed form of its page."""

from workqueue.rules.words import day_words, dollars
from workqueue.services.reading.account_status import AccountStatus
from workqueue.web.documents.pages import Pages, TakenOut


def as_pdf(report: AccountStatus, mark: TakenOut) -> bytes:
    """Lay the report out on pages, each with the mark of who took it out."""
    account = report.account
    pdf = Pages(mark, "Account status report", orientation="portrait")
    patient = account.patient.name if account.patient else "No patient known"
    pdf.sentence(f"{patient}, account {account.number}")
    pdf.sentence(f"Service on {day_words(account.service_on)}" if account.service_on else "No day of service")
    pdf.sentence(
        f"Charged {dollars(account.charge_cents)}; payers owe {dollars(account.insurance_cents)}, the patient"
        f" {dollars(account.patient_cents)}"
    )
    pdf.heading("Where it stands")
    for sentence in report.standing:
        pdf.sentence(sentence)
    pdf.heading("Claims")
    if account.claims:
        pdf.rows(
            ("Payer", "Billed", "Paid", "Denied", "Status"),
            (26, 14, 14, 14, 32),
            [
                (
                    f"{each.sequence_words}: {each.payer_name or 'unknown'}",
                    dollars(each.charge_cents),
                    dollars(each.paid_cents),
                    dollars(each.denied_cents),
                    ". ".join(filter(None, (each.status_words, each.denial_words))),
                )
                for each in account.claims
            ],
        )
    else:
        pdf.sentence("There is no claim.")
    pdf.heading("What was done last")
    if report.done:
        pdf.rows(("When", "By", "About", "What came of it"), (22, 16, 20, 42), report.done)
    else:
        pdf.sentence("Nobody has worked on it yet.")
    return bytes(pdf.output())
