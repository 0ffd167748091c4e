"""The page Progression."""
