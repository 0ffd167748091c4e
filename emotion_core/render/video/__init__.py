"""The annotated video: a clip with its readings drawn in."""
