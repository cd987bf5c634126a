"""The command line. It imports docparse, never the other way round; docparse's heavy parts only when needed."""

from .app import main

__all__ = ["main"]
