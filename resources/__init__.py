"""Data that ships with the studio: tables, icons, the demo clip. Imports nothing of ours."""

from pathlib import Path

ROOT = Path(__file__).resolve().parent


def resource(name: str) -> Path:
    """Path of a shipped file, for example ``resource("data/emotions.json")``."""
    return ROOT / name
