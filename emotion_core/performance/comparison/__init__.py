"""Performances aligned and compared, with intervals."""
