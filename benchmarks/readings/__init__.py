"""What can be made of readings: relative to a face at rest, and through time."""
