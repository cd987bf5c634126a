"""Small documents of docparse's own making, to try it on and to test it with; README.md lists them.

They are made by `make.py` from `source/`. `importlib.resources.files("docparse.samples")` finds them
in an installed docparse.
"""
