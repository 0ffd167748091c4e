"""Clips in and out: probing, decoding, cuts, the one writer, copies for browsers, the sample."""
