"""Changes to the tables of the library, in order; run by ``emotion_core.library.database.engine``."""
