"""A line of a scene, said by oneself: chosen, heard, recorded, and laid beside the model."""
