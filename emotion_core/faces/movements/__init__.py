"""What a face does: measures of its mesh, movements away from its neutral face, and events."""
