"""A part of a clip, played from its start to its end."""
