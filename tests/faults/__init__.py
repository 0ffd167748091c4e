"""Hostile input: media files and archives that are made from a seed, and what becomes of them."""
