"""Figures, drawings and video; nothing here loads a model."""
