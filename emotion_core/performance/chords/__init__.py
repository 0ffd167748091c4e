"""Emotions that occur together, beats, and what follows what."""
