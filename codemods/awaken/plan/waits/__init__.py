"""Waits for other threads: futures, queues, events and locks."""
