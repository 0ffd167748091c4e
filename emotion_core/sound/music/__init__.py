"""What is heard of music: tempo and beats, keys, chords, and where the score changes."""
