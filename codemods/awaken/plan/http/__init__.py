"""HTTP: `requests` becomes an async client where that keeps behaviour, and goes into a thread elsewhere."""
