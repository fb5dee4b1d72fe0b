"""Writes X12 files about the office's own accounts, right ones and wrong ones, with what each should do.

An office tries its import with them before it sends real files. Everything but `reading` is pure: the same
seed, day and bills give the same bytes. The totals in the manifest are counted from what the files are meant
to say and never by our own reader, so that the two can be compared.
"""
