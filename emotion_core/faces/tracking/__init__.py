"""Faces followed through a clip."""
