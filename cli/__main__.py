"""``python -m docparse.cli``."""

from .app import main

main()
