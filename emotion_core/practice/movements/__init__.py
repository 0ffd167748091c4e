"""Movements of the face before the camera: followed, asked for, and what was done."""
