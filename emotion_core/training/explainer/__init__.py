"""Training the mask network that explains a classifier."""
