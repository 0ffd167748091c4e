"""What is said: subtitles, scripts, and when their lines are heard."""
