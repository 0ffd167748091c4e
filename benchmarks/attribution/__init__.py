"""How faithful attribution methods are."""
