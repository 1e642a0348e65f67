"""Advice: what is odd about how a file waits, offloads and keeps its connections."""
