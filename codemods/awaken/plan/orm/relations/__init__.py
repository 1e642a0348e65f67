"""Attributes of models that take a query: asked for with the rows, or read in a hop."""
