"""The live picture: followed, read and drawn while it is shown."""
