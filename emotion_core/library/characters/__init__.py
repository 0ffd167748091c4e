"""Characters of films: found, matched and edited."""
