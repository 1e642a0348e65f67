"""Loops inside of the loop: what is given to one of its own is awaited on the one that runs."""
