"""Responses whose bodies are read later: `stream=True`, `httpx.stream`."""
