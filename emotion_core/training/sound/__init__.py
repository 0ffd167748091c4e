"""Training the network that hears speech, music and other sound."""
