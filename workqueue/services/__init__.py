"""What the office does: fn(session, ..., now, actor). All SQL that writes; never a commit."""
