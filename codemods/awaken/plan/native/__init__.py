"""Calls and clients with an async form of their own."""
