"""Whether functions of the project may run in another thread, and what that changes."""
