"""The chords of the music beneath the chords of a face."""
