"""``python -m reportedly``: the same as the command ``reportedly``."""

from .faces.cli import main

main()
