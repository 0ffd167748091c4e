"""Subtitles and captions: in files, inside a clip, and whether they belong to it."""
