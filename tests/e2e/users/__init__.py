"""Users who sign in, in a real browser."""
