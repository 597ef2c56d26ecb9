"""ARKit's 52 face shapes by name, over the head's own shapes.

Names and meaning: Apple, ARFaceAnchor.BlendShapeLocation. Left and right are the subject's.
"""

from __future__ import annotations

from pipeline.head.muscles.controls import Drives
from pipeline.head.muscles.jaw import JAW


def _pair(arkit: str, *shapes: tuple[str, float]) -> Drives:
    """One drive per side: ``{}`` in a shape's name stands for L or R."""
    return {
        f"{arkit}{side}": tuple((shape.format(side[0]), gain) for shape, gain in shapes)
        for side in ("Left", "Right")
    }


_LOOK: Drives = {
    # AU61 turns an eye to the subject's left, AU62 right, AU63 up, AU64 down.
    "eyeLookInLeft": (("AU62_L", 1.0),),
    "eyeLookInRight": (("AU61_R", 1.0),),
    "eyeLookOutLeft": (("AU61_L", 1.0),),
    "eyeLookOutRight": (("AU62_R", 1.0),),
    **_pair("eyeLookUp", ("AU63_{}", 1.0)),
    **_pair("eyeLookDown", ("AU64_{}", 1.0)),
}

#: Every shape of ARKit and what it moves; some move shapes of the same name.
ARKIT: Drives = {
    **_pair("eyeBlink", ("AU43_{}", 1.0)),
    **_LOOK,
    **_pair("eyeSquint", ("AU7_{}", 1.0)),
    **_pair("eyeWide", ("AU5_{}", 1.0)),
    "jawForward": (("AU29", 1.0),),
    "jawLeft": (("AU30_L", 1.0),),
    "jawRight": (("AU30_R", 1.0),),
    "jawOpen": (("AU27", JAW.open_share),),
    "mouthClose": (("mouthClose", 1.0),),
    "mouthFunnel": (("AU22", 1.0),),
    "mouthPucker": (("AU18", 1.0),),
    **_pair("mouthSmile", ("AU12_{}", 1.0)),
    **_pair("mouthFrown", ("AU15_{}", 1.0)),
    **_pair("mouthDimple", ("AU14_{}", 1.0)),
    **_pair("mouthStretch", ("AU20_{}", 1.0)),
    "mouthRollLower": (("mouthRollLower", 1.0),),
    "mouthRollUpper": (("mouthRollUpper", 1.0),),
    "mouthShrugLower": (("mouthShrugLower", 1.0),),
    "mouthShrugUpper": (("mouthShrugUpper", 1.0),),
    "mouthLeft": (("mouthLeft", 1.0),),
    "mouthRight": (("mouthRight", 1.0),),
    "mouthPressLeft": (("mouthPressLeft", 1.0),),
    "mouthPressRight": (("mouthPressRight", 1.0),),
    **_pair("mouthLowerDown", ("AU16_{}", 1.0)),
    **_pair("mouthUpperUp", ("AU10_{}", 1.0)),
    **_pair("browDown", ("AU4_{}", 1.0)),
    "browInnerUp": (("AU1_L", 1.0), ("AU1_R", 1.0)),
    **_pair("browOuterUp", ("AU2_{}", 1.0)),
    "cheekPuff": (("AU34_L", 1.0), ("AU34_R", 1.0)),
    **_pair("cheekSquint", ("AU6_{}", 1.0)),
    **_pair("noseSneer", ("AU9_{}", 1.0)),
    # The tongue needs a way out.
    "tongueOut": (("tongueOut", 1.0), ("AU25", 0.6), ("AU26", 0.35)),
}


def arkit_drives(shapes: tuple[str, ...]) -> Drives:
    """The drives whose shapes a head of these shapes has.

    A shape of its own name needs no drive, except where others go along with it.
    """
    known = set(shapes)
    return {
        name: pairs
        for name, pairs in ARKIT.items()
        if all(shape in known for shape, _ in pairs) and pairs != ((name, 1.0),)
    }
