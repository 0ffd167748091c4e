"""Reading the seven emotions in face crops."""
