"""The pipeline must work where Qt is not installed: here importing it raises."""

from __future__ import annotations

import sys

_FORBIDDEN = ("PySide6", "shiboken6", "pyqtgraph", "vtkmodules.qt")


class _NoQt:
    def find_spec(self, name, path=None, target=None):
        if name in _FORBIDDEN or name.startswith(tuple(f"{root}." for root in _FORBIDDEN)):
            raise ImportError(f"the pipeline must not import {name}")


if not any(name.startswith("PySide6") for name in sys.modules):
    sys.meta_path.insert(0, _NoQt())
