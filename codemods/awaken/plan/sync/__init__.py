"""Coroutines that become plain functions, which their framework runs in a thread."""
