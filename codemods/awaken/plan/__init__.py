"""Plan: one fix for each finding, or the reason why there is none, as pure data."""
