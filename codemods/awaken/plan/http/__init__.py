"""HTTP: `requests` becomes an async client where that keeps behaviour; elsewhere a thread."""
