"""The soft-modification rig: manipulators, frozen shapes, the seven-part controls."""

from pipeline.head.rig.rig import (
    ACROSS,
    FALLOFFS,
    Binding,
    FrozenShape,
    Manipulator,
    Rig,
    Target,
)

__all__ = ["ACROSS", "FALLOFFS", "Binding", "FrozenShape", "Manipulator", "Rig", "Target"]
