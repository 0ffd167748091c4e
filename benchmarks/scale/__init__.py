"""One clip and many clips, read by more and more workers."""
