"""Films and scenes in a database, and work that runs in the background."""
