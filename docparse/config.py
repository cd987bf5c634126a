"""Settings that outlast a command: the environment and the config file."""

import os
import tomllib
from pathlib import Path

from .errors import UsageError
from .options import Options

MODEL_VARIABLE = "DOCPARSE_MODEL"


def config_path() -> Path:
    """``docparse/config.toml`` in the user's folder for configuration."""
    import platformdirs

    return platformdirs.user_config_path("docparse") / "config.toml"


def configured_model(options: Options) -> tuple[str | None, str]:
    """The model to use and where that was said: ``--model``, ``DOCPARSE_MODEL``, the config file, or nowhere.

    Raises:
        UsageError: the config file cannot be read.
    """
    if options.model:
        return options.model, "--model"
    if model := os.environ.get(MODEL_VARIABLE):
        return model, MODEL_VARIABLE
    if in_config := _read_config().get("model"):
        return str(in_config), str(config_path())
    return None, "nowhere"


def _read_config() -> dict[str, object]:
    path = config_path()
    try:
        return tomllib.loads(path.read_text("utf-8"))
    except FileNotFoundError:
        return {}
    except (OSError, ValueError) as error:
        raise UsageError(f"cannot read {path}: {error}") from error
