"""Which engine reads which page."""

from dataclasses import dataclass, field, replace

from ..config import configured_model
from ..options import Options
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
    """Whether an engine uses the text layer's blocks, or its words alone (as a witness)."""

    def engine_for(self, *, has_text: bool, unread: bool) -> Engine | None:
        """``unread`` says that the page shows more than its text layer tells."""
        if has_text and not unread:
            return self.with_text
        return self.without_text or (self.with_text if has_text else None)

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
            model, origin = configured_model(options)
            if model is None and options.engine == "auto":
                why = "no model is configured, so pages with a text layer are read by the layout engine"
                return EngineChoice(layout, None, why)
            from .local import LocalEngine

            local = LocalEngine(replace(options, model=model))
            return EngineChoice(local, local, f"the model {model} is configured by {origin}", needs_layout=False)
