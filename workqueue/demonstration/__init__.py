"""The demonstration office: invented people, payers and accounts, brought in through the real doors."""
