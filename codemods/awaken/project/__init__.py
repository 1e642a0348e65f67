"""Facts about the target project, read from its files: nothing of it is imported or executed."""
