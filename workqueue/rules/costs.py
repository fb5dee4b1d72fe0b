"""What bringing in money costs, by category (HFMA MAP Keys, Cost to Collect: what is counted)."""

from enum import StrEnum


class CostCategory(StrEnum):
    """What is paid for."""

    ACCESS = "access"
    BILLING = "billing"
    RECORDS = "records"
    VENDORS = "vendors"
    SYSTEMS = "systems"
    OTHER = "other"


CATEGORIES: dict[CostCategory, str] = {
    CostCategory.ACCESS: "Patient access: scheduling, registration, authorizations",
    CostCategory.BILLING: "Patient accounting: billing, follow-up, payments, customer service",
    CostCategory.RECORDS: "Health information: coding, records",
    CostCategory.VENDORS: "Vendors: agencies, statements, lockbox",
    CostCategory.SYSTEMS: "Systems and software",
    CostCategory.OTHER: "Other",
}
