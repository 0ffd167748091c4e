"""What is heard when: speech, music, other sound, silence."""
