"""What the README says is so."""

import re
import subprocess
import sys
import textwrap

import docparse
from docparse.errors import ExitCode
from tests.conftest import ROOT, Run

README = (ROOT / "README.md").read_text("utf-8")


def test_the_python_example_runs() -> None:
    (example,) = re.findall(r"```python\n(.*?)```", README, re.DOTALL)
    finished = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(example)], cwd=ROOT, capture_output=True, text=True, timeout=120
    )
    assert finished.returncode == 0, finished.stderr
    assert "1 Introduction" in finished.stdout


def test_every_option_is_in_the_table(docparse: Run) -> None:
    helped = docparse("--help", env={"COLUMNS": "200", "TERMINAL_WIDTH": "200"}).text
    options = set(re.findall(r"--[a-z][a-z-]+", helped)) - {"--help"}
    assert len(options) > 20
    table = README[README.index("## Options") : README.index("## Exit codes")]
    assert {option for option in options if option not in table} == set()


def test_every_exit_code_is_in_the_table() -> None:
    table = README[README.index("## Exit codes") : README.index("## Formats")]
    assert set(map(int, re.findall(r"^\| (\d+) \|", table, re.MULTILINE))) == {int(code) for code in ExitCode}


def test_the_element_shown_is_the_one_that_comes(docparse: Run) -> None:
    document = docparse(ROOT / "samples" / "report.pdf", "-f", "json", "--pages", "2").json
    (caption,) = [element for element in document["pages"][0]["elements"] if element["id"] == "p2-e3"]
    assert f'"box": {caption["box"]}' in README
    assert caption["text"].startswith("Table 1. The four stations")
    assert caption["target"] == "p2-e4"


def test_public_names_are_pinned() -> None:
    assert sorted(docparse.__all__) == [
        "DocparseError",
        "Document",
        "ExitCode",
        "InputError",
        "ModelError",
        "Options",
        "OutputError",
        "PageError",
        "PasswordError",
        "Pipeline",
        "UsageError",
        "__version__",
        "parse",
    ]
    for name in docparse.__all__:
        assert getattr(docparse, name) is not None


def test_importing_docparse_imports_nothing_heavy() -> None:
    program = (
        "import docparse, sys; print([m for m in ('torch', 'pymupdf', 'pydantic', 'numpy') if m in sys.modules])"
    )
    finished = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=60)
    assert finished.stdout.strip() == "[]"
