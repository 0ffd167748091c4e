"""The server of the app, and what it serves beside the pages."""
