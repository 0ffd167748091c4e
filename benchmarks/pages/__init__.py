"""What the pages of the app cost: of the server, of the line, and until the last paint."""
