"""Which engine reads which page."""

from dataclasses import dataclass, field, replace

from ..config import configured_model
from ..options import Options
from ..runtime.checkpoint import NANO
from .base import Engine
from .layout import LayoutEngine


@dataclass(frozen=True)
class EngineChoice:
    """The engine for pages whose text layer can be trusted, and the one for the others.

    ``None`` means that nothing can read such a page.
    """

    with_text: Engine
    without_text: Engine | None
    why: str
    """For ``docparse doctor``."""
    needs_layout: bool = field(default=True)
    """Whether an engine uses the text layer's blocks (for a model they are the draft of what it writes), or its words
    alone (as a witness)."""

    def engine_for(self, *, has_text: bool, unread: bool) -> Engine | None:
        """``unread`` says that the page shows more than its text layer tells."""
        if has_text and not unread:
            return self.with_text
        return self.without_text or (self.with_text if has_text else None)

    @property
    def pages_at_once(self) -> int:
        """Pages that are read side by side where each engine has enough to do."""
        return max(engine.pages_at_once for engine in (self.with_text, self.without_text) if engine)

    @property
    def max_pixels(self) -> int:
        """Most pixels that an engine can use."""
        return max(engine.max_pixels for engine in (self.with_text, self.without_text) if engine)


def choose(options: Options) -> EngineChoice:
    """
    Raises:
        ModelError: the engine that was asked for cannot be had.
    """
    layout = LayoutEngine()
    match options.engine:
        case "layout":
            return EngineChoice(layout, None, "--engine layout")
        case "replay":
            from .raw import ReplayEngine

            replay = ReplayEngine(options)
            return EngineChoice(replay, replay, "--engine replay", needs_layout=False)
        case "local" | "auto":
            from .local import LocalEngine

            model, origin = configured_model(options)
            local = LocalEngine(replace(options, model=model))
            if model is not None:
                return EngineChoice(local, local, f"the model {model} is configured by {origin}")
            if options.engine == "local":
                return EngineChoice(local, local, f"--engine local without a model is {NANO}")
            why = f"no model is configured, so text layers are read where they are, and the other pages by {NANO}"
            return EngineChoice(layout, local, why)
