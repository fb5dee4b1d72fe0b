"""The jobs: each takes ids only, reads the row again, and may run twice, late or never."""
