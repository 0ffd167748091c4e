"""What was found in a performance, in words."""
