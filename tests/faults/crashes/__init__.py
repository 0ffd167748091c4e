"""What is left of work that is killed, and of disks and databases that fail."""
