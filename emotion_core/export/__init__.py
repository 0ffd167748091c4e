"""Tables of an analysis to files that other programs read."""
