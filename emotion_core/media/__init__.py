"""Clips in and out: probing, decoding, cuts, playable copies, annotated video, the sample."""
