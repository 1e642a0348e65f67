"""Statements that must stay together in the thread of one connection: transactions, cursors, runs of queries."""
