"""``python -m docparse``."""

from .cli import main

main()
