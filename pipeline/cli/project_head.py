"""Which head a command shows: the one asked for, else the project's."""

from __future__ import annotations

import argparse
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from pipeline.cli.arguments import chosen_head
from pipeline.head.rig.rig import NO_RIG, Rig

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
    rig : Rig
        The project's, whatever head it is shown on.
    """

    name: str = "builtin"
    iris: str = ""
    identity: dict[str, float] = field(default_factory=dict)
    rig: Rig = NO_RIG

    def load(self, lod: Lod) -> Job[HeadModel]:
        """The head with its identity."""
        from pipeline.head import load_head

        model = yield from load_head(self.name, lod=lod)
        return model.with_identity(self.identity) if self.identity else model


def head_of(arguments: argparse.Namespace) -> ProjectHead:
    """The head asked for with ``--head`` or ``--character``, else that of SOURCE; SOURCE's rig."""
    return project_head(arguments.source, chosen_head(arguments))


def project_head(source: Path | None, chosen: str = "") -> ProjectHead:
    """A chosen head, else the project's, with the project's rig.

    Raises
    ------
    ProjectError, HeadError
        If the project cannot be read, or its rig is none.
    """
    if source is None or source.suffix.lower() != ".tell":
        return ProjectHead(chosen or "builtin")
    from pipeline.store import ProjectStore

    store = ProjectStore.open(source, read_only=True)
    try:
        kept, rig = store.settings("head"), Rig.of_data(store.settings("rig"))
    finally:
        store.close()
    if chosen:
        return ProjectHead(chosen, rig=rig)
    identity = kept.get("identity")
    modes = identity.items() if isinstance(identity, dict) else ()
    numbers = {str(name): float(v) for name, v in modes if isinstance(v, (int, float))}
    name, iris = str(kept.get("head") or "builtin"), str(kept.get("iris") or "")
    return ProjectHead(name, iris, numbers, rig)
