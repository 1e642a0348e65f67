"""Index: what one file says, as a small picklable summary that depends on nothing but its text."""
