"""``python -m emotion_core``: the command line."""

from emotion_core.cli.main import main

if __name__ == "__main__":
    main()
