"""Figures of movements: as lanes over time, and of performances side by side."""
