"""The scene player: boxes, radar and timeline in step with a clip."""
