"""Sounds that are neither speech nor music, made by ourselves."""
