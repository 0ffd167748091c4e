"""Components that play clips or show the camera, each with its script."""
