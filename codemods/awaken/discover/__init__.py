"""Discover: which Python files under the given paths are ours to read, and what bytes they hold."""
