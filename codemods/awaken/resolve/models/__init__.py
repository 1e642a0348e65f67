"""Models of Django: their fields, what other models add to them, their managers, and who goes by which name."""
