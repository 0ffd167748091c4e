"""Other packages that read faces, on the same pictures."""
