"""Rewrite: recipes become edits of the text; what no edit touches keeps its bytes."""
