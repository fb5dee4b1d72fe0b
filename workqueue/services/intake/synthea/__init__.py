"""Tables of a Synthea export (CSV): patients, payers, claims and what was charged and paid on them."""
