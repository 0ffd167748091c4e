"""The analysis of a whole clip or picture, and its storage."""
