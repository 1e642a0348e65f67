"""The exceptions around a request: what its clauses catch, and must still catch."""
