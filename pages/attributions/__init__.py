"""The page Attributions."""
