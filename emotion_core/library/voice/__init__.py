"""Lines that somebody has said and kept."""
