"""How well a mask explains a reading."""
