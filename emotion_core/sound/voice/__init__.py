"""How lines are spoken: pitch, loudness, pace, and what is raised or lowered against the usual."""
