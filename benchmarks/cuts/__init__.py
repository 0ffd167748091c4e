"""How well cuts are found, and how often people are mixed up."""
