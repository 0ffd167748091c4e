"""Acting before the camera: live reading, exercises, takes."""
