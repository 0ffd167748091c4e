"""Which faces are the same person."""
