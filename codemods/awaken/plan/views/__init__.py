"""Django's views: who calls them, and what becomes of what they give."""
