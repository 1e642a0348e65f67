"""Resolve: who is who across the project: names to definitions, receivers to types."""
