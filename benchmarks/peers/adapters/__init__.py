"""One small module a peer: how its package is fed a face crop, and which labels it gives.

A module runs in the peer's own virtual environment and needs nothing of ours but NumPy and the
list of emotions: ``python -m benchmarks.peers.adapters MODULE`` in the root of the project.
"""
