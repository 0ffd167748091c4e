"""Clips side by side that play in step."""
