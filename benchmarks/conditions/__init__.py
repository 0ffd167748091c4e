"""Where classifiers fail."""
