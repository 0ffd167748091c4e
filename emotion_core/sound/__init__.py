"""What is heard in a clip: speech, music, voices, who speaks, and words."""
