"""Questions to the library."""
