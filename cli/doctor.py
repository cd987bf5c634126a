"""``docparse doctor``: what is installed, what is found, what will be used, and why."""

import os
import platform
import sys

_LIBRARIES = ("pymupdf", "pillow", "lxml", "pydantic", "torch", "transformers", "accelerate", "safetensors")

_EXTRAS = {"rdkit": "checks and draws molecules", "verovio": "checks, draws and plays music"}


def doctor() -> None:
    """Show versions, devices, models, and what will read a page and why."""
    from docparse.config import MODEL_VARIABLE, config_path
    from docparse.version import __version__

    system = f"Python {platform.python_version()}, {platform.system()} {platform.machine()}"
    _row("docparse", f"{__version__}, {system}, {os.cpu_count()} cores{_memory()}")
    _row("installed in", sys.prefix)
    _row("libraries", ", ".join(f"{name} {_version(name)}" for name in _LIBRARIES))
    _row("extras", ", ".join(f"{name} ({_version(name)}: {use})" for name, use in _EXTRAS.items()))
    _row("config file", f"{config_path()}{'' if config_path().exists() else ' (not there)'}")
    _row(MODEL_VARIABLE, os.environ.get(MODEL_VARIABLE) or "not set")
    _engines()


def _engines() -> None:
    from docparse.engines.choice import choose
    from docparse.options import Options
    from docparse.runtime.checkpoint import NANO, cached, check, locate
    from docparse.runtime.placement import devices, place

    found = cached()
    _row("models here", ", ".join(hub_id for hub_id, _ in found) or "none in the Hugging Face cache")
    _row("devices", ", ".join(devices()))
    from docparse.config import configured_model

    model, _ = configured_model(Options())
    # Without a download: doctor looks, it does not fetch.
    info = check(locate(model or NANO, download=False))
    placement = place("auto", "auto", info.parameters)
    _row("arithmetic", f"{placement.dtype} on {placement.device}: {placement.why}")
    size = f"{info.parameters / 1e6:,.1f} million parameters, {info.weight_bytes / 2**20:,.0f} MiB"
    _row("model", f"{model or NANO}: {size} in {info.dtype}, whole")
    choice = choose(Options())
    _row("with text", f"pages with a text layer: {choice.with_text.name}")
    without = choice.without_text.name if choice.without_text else "nothing (give a vision model with --model)"
    _row("without text", f"scans and pictures: {without}")
    _row("because", choice.why)


def _row(name: str, value: str) -> None:
    print(f"{name:<14}  {value}")


def _version(name: str) -> str:
    from importlib.metadata import PackageNotFoundError, version

    try:
        return version(name)
    except PackageNotFoundError:
        return "not installed"


def _memory() -> str:
    try:
        size = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    except (ValueError, OSError, AttributeError):
        return ""
    return f", {size / 2**30:.0f} GiB of memory"
