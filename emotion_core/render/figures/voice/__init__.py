"""Figures of how lines are said."""
