"""Callbacks as promises: who may book one, which times can be promised, and how a promise is kept."""
