"""Clips that a library took in, in its folder or on object storage."""
