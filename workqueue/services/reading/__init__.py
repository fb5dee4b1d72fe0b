"""SELECTs that feed pages, as small frozen dataclasses: never a row, never a write."""
