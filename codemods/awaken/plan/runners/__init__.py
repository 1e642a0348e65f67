"""What carries a call off the loop, and which one a file uses."""
