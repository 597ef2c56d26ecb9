"""A character: one person out of the sculpt, as a handful of numbers."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Complexion:
    """Look of the skin.

    Parameters
    ----------
    melanin : float
        0 very light to 1 very dark.
    warmth : float
        -1 rosy to 1 yellow or olive.
    blood : float
        Redness of cheeks, nose, ears and lips; 1 as the sculpt has it.
    freckles : float
        0 none to 1 many.
    stubble : float
        Shadow of a shaved beard, 0 to 1.
    lip_tint : float
        0 as nature has it to 1 made up.
    """

    melanin: float = 0.25
    warmth: float = 0.0
    blood: float = 1.0
    freckles: float = 0.15
    stubble: float = 0.0
    lip_tint: float = 0.0


@dataclass(frozen=True)
class Hair:
    """Cut and colour.

    Parameters
    ----------
    style : str
        Key of `pipeline.head.sculpt.parameters.hair.STYLES`; ``"bald"`` for none.
    colour : str
        Key of the table of hair colours.
    grey : float
        Share of grey hair, 0 to 1.
    beard : str
        Key of the table of beards; empty for none.
    """

    style: str = "short"
    colour: str = "dark brown"
    grey: float = 0.0
    beard: str = ""


@dataclass(frozen=True)
class Brows:
    """Brows and lashes; 1 as the sculpt has them. Arch and height are of the form.

    Parameters
    ----------
    thickness, density : float
    lashes : float
        Length and darkness of the lashes.
    """

    thickness: float = 1.0
    density: float = 1.0
    lashes: float = 1.0


@dataclass(frozen=True)
class Character:
    """One person.

    Parameters
    ----------
    name : str
        What commands call it: ``ada``, ``seed:12``.
    title : str
        What people read under the portrait.
    form : tuple of (str, float)
        Weights of the identity modes (`pipeline.head.cast.modes`); 0 is the sculpt itself.
    age : float
        Years; lines at rest, spots, greying and the skin's slackness follow it.
    complexion : Complexion
    hair : Hair
    brows : Brows
    iris : str
        Key of `pipeline.head.scene.studio.IRISES`.
    """

    name: str
    title: str
    form: tuple[tuple[str, float], ...] = ()
    age: float = 27.0
    complexion: Complexion = Complexion()
    hair: Hair = Hair()
    brows: Brows = Brows()
    iris: str = "brown"
