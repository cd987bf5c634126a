"""The scripts in benchmarks/ import each other as siblings; the tests do as they do."""

import sys
from pathlib import Path

import pytest

pytest.importorskip("apted")
pytest.importorskip("rapidfuzz")
pytest.importorskip("psutil")
sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "benchmarks"))
