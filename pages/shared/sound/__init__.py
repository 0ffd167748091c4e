"""The sound of scenes, as several pages need it."""
