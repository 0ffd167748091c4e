"""Figures of music."""
