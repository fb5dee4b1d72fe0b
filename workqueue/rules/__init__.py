"""Pure decisions: no Flask, no SQL, no clock, no I/O."""
