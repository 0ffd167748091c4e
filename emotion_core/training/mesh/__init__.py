"""Training the network that reads the shape of a face."""
