"""``python -m benchmarks.conditions``."""

from benchmarks.conditions.run import main

if __name__ == "__main__":
    main()
