"""Workqueue: the work queue of a hospital or clinic billing office."""
