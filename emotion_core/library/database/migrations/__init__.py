"""Changes to the tables of the library, in order; run by ``library.database.engine``."""
