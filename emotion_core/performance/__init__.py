"""What a character plays through a scene: its arcs, its progression, and how two compare."""
