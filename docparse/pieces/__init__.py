"""Pages in pieces, for models too small to keep their place on a whole one.

The page is straightened and brought to the text size that the model reads best (``ink``, ``sheet``), cut where it is
white, between columns first (``columns``) and then between lines (``lines``); each piece knows its place on the page
(``piece``), and what of its ink a reading accounts for (``unread``). Ruled tables are found on the page as a whole
(``strokes``, ``rivers``, ``grid``). Needs numpy and Pillow alone.
"""

from .measure import measure
from .piece import Piece, PieceSettings, cut, halves, part_of, varied
from .sheet import Sheet, straighten

__all__ = ["Piece", "PieceSettings", "Sheet", "cut", "halves", "measure", "part_of", "straighten", "varied"]
