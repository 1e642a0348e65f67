"""Django's ORM, and what stands around it."""
