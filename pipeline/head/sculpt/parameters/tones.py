"""Colours of hair (hex)."""

from __future__ import annotations

#: Next to the skin and at the end. Grey is a mixture of black and white in itself.
HAIR_COLOURS: dict[str, tuple[str, str]] = {
    "black": ("120e0d", "1d1817"),
    "dark brown": ("241a14", "3b2a20"),
    "brown": ("33251b", "4d3a2b"),
    "chestnut": ("35231a", "4e3325"),
    "auburn": ("38231b", "553529"),
    "red": ("59301d", "8a5431"),
    "dark blond": ("4b3d2d", "75603f"),
    "blond": ("6a5539", "a0855a"),
    "light blond": ("8f7a55", "c4ad80"),
    "grey": ("4b4946", "6b6865"),
    "white": ("87847f", "a9a6a0"),
}

#: What a hair becomes with age.
GREYED = "918e89"
