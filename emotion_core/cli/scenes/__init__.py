"""The commands that read a clip and say what is played in it, a module each."""
