"""What rewritten code needs that a project does not ask for yet, and the file that says what it asks for."""
