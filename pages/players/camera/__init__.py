"""The camera of the browser."""
