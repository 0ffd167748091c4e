"""The voice in practice: a line of a scene, said by oneself."""
