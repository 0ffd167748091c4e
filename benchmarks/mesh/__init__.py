"""Benchmarks of mesh networks: how fast they are, and how well their movements agree."""
