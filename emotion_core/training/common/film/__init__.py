"""What light and make-up of film do to a face, by its outline and the points of its mesh."""
