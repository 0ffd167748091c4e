"""The commands that measure and correct models, a module each."""
