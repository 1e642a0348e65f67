"""Verify: what must hold of a rewritten file before it may be written."""
