"""Whether a function of the project, or of a library, does the same in another process."""
