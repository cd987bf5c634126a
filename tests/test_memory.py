"""What pages have used is given back: a folder of ten thousand scans must not fill the memory."""

import sys
from pathlib import Path

import pytest

from docparse.runtime.memory import give_back

PAGES = Path("/proc/self/statm")


def resident() -> int:
    """Pages of memory that this process holds."""
    return int(PAGES.read_text().split()[1])


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="only glibc can be told")
def test_what_is_free_goes_back_though_something_beyond_it_is_in_use() -> None:
    # Small enough for the heap, which only shrinks from its end by itself.
    blocks = [bytearray(60_000) for _ in range(4_000)]
    kept = blocks[-1]
    before = resident()
    del blocks
    give_back()
    assert (before - resident()) * 4096 > 150_000_000
    assert len(kept) == 60_000
