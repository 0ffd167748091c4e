"""Reports of a scene or a comparison, as HTML and Markdown."""
