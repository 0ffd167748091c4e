"""Scripts that print a table; what they claim is a ratio measured in one run."""
