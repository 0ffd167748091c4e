"""The words of a clip: subtitles, script, and where they are heard."""
