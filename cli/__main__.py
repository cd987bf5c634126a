"""``python -m docparse.cli``."""

from . import main

main()
