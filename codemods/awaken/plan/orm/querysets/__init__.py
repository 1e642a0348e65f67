"""A queryset: how its rows are asked for, and what it is built by."""
