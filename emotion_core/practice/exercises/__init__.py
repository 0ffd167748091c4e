"""What is asked for in an exercise, and what was played."""
