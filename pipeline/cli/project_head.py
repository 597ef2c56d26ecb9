"""Which head a command shows: the one asked for, else the project's."""

from __future__ import annotations

import argparse
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from pipeline.cli.arguments import chosen_head

if TYPE_CHECKING:
    from pipeline.core.progress import Job
    from pipeline.head import HeadModel
    from pipeline.head.sculpt.parameters.detail import Lod


@dataclass(frozen=True)
class ProjectHead:
    """A head as a project has it.

    Parameters
    ----------
    name : str
        Name or path.
    iris : str
        Colour of the eyes; empty: the head's own.
    identity : mapping of str to float
        Weights of the head's identity modes.
    """

    name: str = "builtin"
    iris: str = ""
    identity: dict[str, float] = field(default_factory=dict)

    def load(self, lod: Lod) -> Job[HeadModel]:
        """The head with its identity."""
        from pipeline.head import load_head

        model = yield from load_head(self.name, lod=lod)
        return model.with_identity(self.identity) if self.identity else model


def head_of(arguments: argparse.Namespace) -> ProjectHead:
    """The head asked for with ``--head`` or ``--character``, else that of SOURCE."""
    chosen = chosen_head(arguments)
    if chosen or arguments.source.suffix.lower() != ".tell":
        return ProjectHead(chosen or "builtin")
    from pipeline.store import ProjectStore

    store = ProjectStore.open(arguments.source, read_only=True)
    try:
        kept = store.settings("head")
    finally:
        store.close()
    identity = kept.get("identity")
    modes = identity.items() if isinstance(identity, dict) else ()
    numbers = {str(name): float(v) for name, v in modes if isinstance(v, (int, float))}
    return ProjectHead(str(kept.get("head") or "builtin"), str(kept.get("iris") or ""), numbers)
