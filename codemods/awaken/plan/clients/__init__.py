"""Objects that make requests: where one goes, what is done with it, and whether all of that can change at once."""
