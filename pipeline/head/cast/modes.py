"""Identity modes: how heads differ in form, as data.

What differs and how much follows L. G. Farkas, "Anthropometry of the head and face" (1994), and
for sex and age F. Samal, V. Subramani and D. Marx, "Analysis of sexual dimorphism in human
face", J. Vis. Commun. Image R. 2007, and B. C. Mendelson and C.-H. Wong, "Changes in the facial
skeleton with aging", Aesthetic Plast. Surg. 2012.
"""

from __future__ import annotations

from pipeline.head.cast.fields import EVERYWHERE, LidTurn, Mode, Push

_E = EVERYWHERE

_SKULL = {
    "head-width": Mode((Push((0, 30, -50), (160, 110, 150), stretch=(0.035, 0, 0)),)),
    "head-length": Mode((Push((0, 40, -60), (160, 90, 150), stretch=(0, 0, 0.03)),)),
    "head-height": Mode((Push((0, 110, -40), (_E, _E, _E), (0, 4, 0), rise=(1, 25, 110)),)),
    "face-length": Mode((Push((0, -100, 0), (_E, _E, _E), (0, -3, 0), rise=(1, -5, -105)),)),
    "face-width": Mode((Push((66, -12, -35), (30, 38, 45), (2.0, 0, 0)),)),
    "forehead-slope": Mode((Push((0, 82, 5), (65, 34, 55), (0, -0.5, -4)),)),
    "forehead-round": Mode((Push((0, 54, 22), (46, 26, 34), (0, 0, 2.5)),)),
    "forehead-width": Mode((Push((60, 46, -12), (28, 36, 36), (1.8, 0, 0)),)),
    "temples": Mode((Push((60, 20, -24), (18, 24, 26), (1.4, 0, 0.3)),)),
    "brow-ridge": Mode(
        (
            Push((15, 19, 18), (17, 10, 16), (0, -0.3, 1.5)),
            Push((42, 19, 7), (16, 10, 15), (0.3, -0.3, 1.2)),
        )
    ),
}

_BROWS_AND_EYES = {
    "brow-height": Mode((Push((32, 23, 14), (27, 12, 20), (0, 1.9, 0)),)),
    "brow-arch": Mode((Push((39, 22, 9), (12, 10, 16), (0, 1.5, 0)),)),
    "brow-tilt": Mode(
        (
            Push((13, 17, 20), (11, 9, 14), (0, -1.0, 0)),
            Push((50, 17, 0), (12, 10, 16), (0, 1.3, 0)),
        )
    ),
    "eye-size": Mode(eye=0.03),
    "eye-spacing": Mode((Push((31.5, 0, 2), (24, 24, 30), (1.2, 0, 0)),)),
    "eye-depth": Mode((Push((31.5, 0, 5), (24, 16, 24), (0, 0, -1.4)),)),
    "eye-length": Mode(
        lids=(LidTurn((15, 0), (9, 11), out=2.4), LidTurn((-15, -2), (6, 7), out=-1.2))
    ),
    "eye-tilt": Mode(lids=(LidTurn((0, 0), (30, 26), tilt=2.0),)),
    "lid-opening": Mode(
        lids=(LidTurn((1, 6), (12, 5.5), up=2.2), LidTurn((1, -6.5), (13, 5.0), up=-1.0))
    ),
    "lid-hood": Mode(
        lids=(
            LidTurn((6, 12.5), (17, 7.0), up=-3.4, raised=1.2),
        )
    ),
    "epicanthus": Mode(
        lids=(
            LidTurn((-13, 3.5), (6, 6), up=-4.0, out=-1.0, raised=0.6),
            LidTurn((-14, -2), (6, 5), up=-1.5, out=-1.0),
        )
    ),
    "eye-bags": Mode(lids=(LidTurn((0, -11), (13, 4.4), up=-0.9, raised=0.9),)),
    "tear-trough": Mode(lids=(LidTurn((-6, -15.5), (10, 4.4), raised=-1.1),)),
}  # fmt: skip

_NOSE = {
    "nose-length": Mode((Push((0, -41, 28), (22, 25, 28), (0, -1.8, 0)),)),
    "nose-width": Mode((Push((13, -38, 24), (10, 12, 15), (1.25, 0, 0)),)),
    "nose-projection": Mode((Push((0, -34, 37), (17, 16, 19), (0, 0, 1.8)),)),
    "nose-bridge": Mode((Push((0, -8, 25), (11, 19, 17), (0, 0, 1.6)),)),
    "nose-root": Mode((Push((0, 6, 22), (11, 10, 15), (0, 0, 1.3)),)),
    "bridge-width": Mode((Push((8.5, -12, 20), (8, 20, 15), (0.9, 0, 0)),)),
    "nose-tip-up": Mode((Push((0, -35, 38), (12, 11, 15), (0, 1.5, 0.3)),)),
    "nose-tip-size": Mode((Push((0, -35, 33), (13, 12, 14), stretch=(0.09, 0.08, 0.06)),)),
    "nose-hump": Mode((Push((0, -14, 31), (9, 9, 13), (0, 0, 1.2)),)),
}

_CHEEKS = {
    "cheekbones": Mode((Push((46, -16, 2), (18, 14, 20), (1.2, 0.3, 1.5)),)),
    "cheek-fullness": Mode((Push((52, -44, 1), (16, 22, 25), (1.8, 0, 1.4)),)),
    "fold-fullness": Mode((Push((27, -42, 15), (12, 13, 15), (0.3, -0.3, 1.0)),)),
}

_MOUTH = {
    "mouth-width": Mode((Push((0, -65, 12), (46, 17, 28), stretch=(0.075, 0, 0)),)),
    "mouth-height": Mode((Push((0, -66, 18), (42, 21, 36), (0, 1.6, 0)),)),
    "upper-lip": Mode(
        (Push((0, -57.5, 26), (22, 8.5, 9), (0, 1.1, 0.7), rise=(1, -66.3, -57)),)
    ),
    "lower-lip": Mode(
        (Push((0, -74, 24), (21, 9.5, 9), (0, -1.2, 0.8), rise=(1, -63.3, -73.5)),)
    ),
    "lip-protrusion": Mode((Push((0, -65, 22), (30, 14, 22), (0, 0, 1.5)),)),
    "mouth-corners": Mode((Push((26, -65, 11), (11, 10, 14), (0, 0.9, 0)),)),
}  # fmt: skip

_JAW = {
    "jaw-width": Mode((Push((58, -70, -40), (26, 30, 38), (2.4, 0, 0)),)),
    "jaw-taper": Mode((Push((41, -95, -17), (18, 15, 27), (-2.0, 0.5, 0)),)),
    "jaw-angle": Mode((Push((52, -80, -36), (26, 22, 32), (0, -2.8, 0)),)),
    "chin-width": Mode((Push((16, -100, 6), (14, 14, 18), (1.5, 0, 0)),)),
    "chin-height": Mode((Push((0, -108, 0), (44, 22, 46), (0, -2.4, 0), rise=(1, -76, -102)),)),
    "chin-forward": Mode((Push((0, -99, 10), (26, 16, 28), (0, 0, 2.1)),)),
    "chin-cleft": Mode((Push((0, -100, 17), (4.5, 8, 9), (0, 0, -0.9)),)),
    "jowls": Mode(
        (
            Push((36, -92, -6), (15, 15, 22), (1.2, -2.4, 0.8)),
            Push((24, -97, 6), (7, 9, 12), (0, 0.4, -0.9)),
        )
    ),
    "double-chin": Mode((Push((0, -114, -32), (36, 15, 34), (0, -4.0, 1.2)),)),
}

_BODY = {
    "neck-width": Mode(
        (
            Push((0, -145, -88), (120, 46, 120), stretch=(0.06, 0, 0.06)),
            Push((0, -98, -95), (80, 34, 46), stretch=(0.05, 0, 0.02)),
        )
    ),
    "larynx": Mode((Push((0, -138, -38), (13, 17, 16), (0, 0, 2.2)),)),
    "shoulder-width": Mode(
        (Push((0, -200, -95), (_E, _E, _E), stretch=(0.06, 0, 0.02), rise=(1, -140, -205)),)
    ),
    "shoulder-slope": Mode(
        (
            Push((62, -160, -108), (34, 34, 44), (-1.5, -5.0, 0)),
            Push((150, -200, -95), (60, 60, 90), (0, -6.0, 0)),
        )
    ),
    "ear-size": Mode((Push((79, -12, -84), (22, 46, 30), stretch=(0.07, 0.08, 0.08)),)),
    "ear-length": Mode((Push((76, -36, -78), (18, 22, 22), (0, -2.6, 0)),)),
    "ear-stand": Mode((Push((92, -8, -96), (20, 40, 26), (2.4, 0, 0.6)),)),
}

#: By name, in the order in which people look at them.
MODES: dict[str, Mode] = {
    **_SKULL, **_BROWS_AND_EYES, **_NOSE, **_CHEEKS, **_MOUTH, **_JAW, **_BODY,
}  # fmt: skip
#: Weights beyond are no face's.
MOST_WEIGHT = 4.0
