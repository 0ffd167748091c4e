"""The page Scene analysis."""
