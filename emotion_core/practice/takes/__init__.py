"""Takes, recorded while they are played."""
