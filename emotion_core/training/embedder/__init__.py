"""Training the network that distinguishes faces."""
