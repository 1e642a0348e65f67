"""Neighbouring statements, or several calls of one expression, as one function and one hop."""
