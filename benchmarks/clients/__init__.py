"""Many who use one server of the app at the same time."""
