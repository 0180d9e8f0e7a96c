"""``python -m cirkular_krav`` is the command."""

from cirkular_krav.cli import main

if __name__ == "__main__":
    main()
