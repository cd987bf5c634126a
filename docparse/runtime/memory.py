"""Memory that pages have used, given back to the system."""

import ctypes
import functools
from collections.abc import Callable


def give_back() -> None:
    """Have the allocator return what is free. glibc keeps it as soon as anything beyond it is in use, and with pages
    side by side there always is: 24 scans with nano came to 3.6 GB without this and 2.4 GB with it (40 ms a page)."""
    if (trim := _trim()) is not None:
        trim(0)


@functools.cache
def _trim() -> Callable[[int], int] | None:
    """``malloc_trim``, which glibc has and others have not.

    Source: https://man7.org/linux/man-pages/man3/malloc_trim.3.html
    """
    try:
        trim: Callable[[int], int] = ctypes.CDLL(None).malloc_trim
    except (AttributeError, OSError, TypeError):
        return None
    return trim
