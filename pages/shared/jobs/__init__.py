"""Work in the background, as pages show it."""
