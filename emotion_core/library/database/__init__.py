"""The tables of the library, and the connection to them."""
