"""What other tasks may do where a new `await` stands, or where two threads run."""
