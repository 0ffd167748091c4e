"""``python -m benchmarks.attribution``."""

from benchmarks.attribution.run import main

if __name__ == "__main__":
    main()
