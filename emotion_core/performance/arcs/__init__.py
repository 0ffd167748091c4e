"""Readings smoothed over time, and the shape of their course."""
