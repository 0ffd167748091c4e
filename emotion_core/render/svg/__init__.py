"""Drawings for reports, as SVG."""
