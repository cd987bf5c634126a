"""The version, as the installed package states it."""

from importlib.metadata import PackageNotFoundError, version

try:
    __version__ = version("docparse")
except PackageNotFoundError:  # a checkout that is not installed
    __version__ = "0+unknown"
