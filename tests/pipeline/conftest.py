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


@pytest.fixture
def own_cache(monkeypatch, tmp_path):
    """Cache and data of the test's own, and heads from files whose landmarks nobody looks for."""
    monkeypatch.setenv("TELL_CACHE_DIR", str(tmp_path / "cache"))
    monkeypatch.setenv("TELL_DATA_DIR", str(tmp_path / "data"))
    monkeypatch.setattr("pipeline.head.foreign.landmarks.find_landmarks", _no_landmarks)


def _no_landmarks(mesh):
    yield from ()
    return mesh, None
