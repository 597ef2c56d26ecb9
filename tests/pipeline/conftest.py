"""The pipeline must work without Qt: run with `-p no:pytest-qt`, and importing it raises.

(pytest-qt itself imports Qt before any test, so the guard cannot stand where it is loaded.)
"""

from __future__ import annotations

import sys

import pytest

_FORBIDDEN = ("PySide6", "shiboken6", "pyqtgraph", "vtkmodules.qt")


class _NoQt:
    def find_spec(self, name, path=None, target=None):
        if name in _FORBIDDEN or name.startswith(tuple(f"{root}." for root in _FORBIDDEN)):
            raise ImportError(f"the pipeline must not import {name}")


def pytest_configure(config: pytest.Config) -> None:
    if not config.pluginmanager.has_plugin("pytest-qt"):
        sys.meta_path.insert(0, _NoQt())
