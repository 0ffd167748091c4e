"""Faces in pictures and along a shot: detection and tracking."""
