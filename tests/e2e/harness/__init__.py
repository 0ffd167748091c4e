"""What drives the app in a browser."""
