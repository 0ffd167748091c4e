"""Training the network that tells faces apart."""
