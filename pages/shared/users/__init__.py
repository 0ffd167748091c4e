"""Who looks at the pages, and whose library they look at."""
