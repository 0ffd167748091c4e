"""Faces that several pages show: chosen, cut out, masked."""
