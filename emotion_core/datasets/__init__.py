"""Data sets of face pictures: reading, gathering, cropping, splitting."""
