"""`python -m bot` is the `intervision` command."""

from bot.cli import main

if __name__ == "__main__":
    main()
