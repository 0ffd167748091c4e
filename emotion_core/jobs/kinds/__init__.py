"""What jobs do: each kind is plain data from which any worker can begin it."""
