"""The shape of a face: 468 points, and which of its parts are visible."""
