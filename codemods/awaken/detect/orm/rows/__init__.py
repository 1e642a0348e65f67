"""Rows of Django's models: where an object comes from, and what the database was asked for with it."""
