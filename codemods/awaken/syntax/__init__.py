"""Syntax: text positions and trees, the vocabulary that every later stage shares."""
