"""One renderer a format: each takes values and returns or prints text, and decides nothing."""
