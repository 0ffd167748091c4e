"""The library as one ZIP file, out and in."""
