"""Music for training: scores and made-up pieces, played by FluidSynth."""
