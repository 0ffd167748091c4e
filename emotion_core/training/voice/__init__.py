"""Training the network that reads how lines are spoken."""
