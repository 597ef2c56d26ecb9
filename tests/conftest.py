"""Every test runs with folders of its own, so that nothing of a person's is read or written."""

from __future__ import annotations

import os

import pytest


@pytest.fixture(autouse=True)
def own_folders(tmp_path_factory, monkeypatch):
    """Keep working projects and settings of one test apart from all others."""
    monkeypatch.setenv("TELL_DATA_DIR", str(tmp_path_factory.mktemp("data")))


@pytest.fixture(scope="session", autouse=True)
def shared_cache(tmp_path_factory):
    """Let all tests of a session share one cache, so that the head is built once."""
    if "TELL_CACHE_DIR" not in os.environ:
        os.environ["TELL_CACHE_DIR"] = str(tmp_path_factory.getbasetemp() / "cache")
