"""Plotly figures of tables."""
