"""Work that runs in the background, apart from the page that asked for it."""
