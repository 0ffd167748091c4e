"""How lines are delivered: who speaks, what face and voice do meanwhile, and who listens."""
