"""How a run compares with its exercise, in words."""
