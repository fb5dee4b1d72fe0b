"""Benchmarks: each measures a subject and its floor in one run, interleaved, and prints the ratio."""
