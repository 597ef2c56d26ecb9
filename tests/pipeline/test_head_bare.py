"""The head without its skin: wires and heat."""

from __future__ import annotations

from pipeline.head import Camera, HeadScene, HeadState, Look
from tests.pipeline.heads import head


def test_from_behind_no_heat_of_the_face_is_seen_through_the_back_of_the_head():
    scene = HeadScene(head())
    smile, heat = {"AU12": 1.0, "AU1": 1.0}, Look(over="heat")
    try:
        behind, front = (
            scene.render(HeadState.of(smile, camera, (120, 120), "draft", look=heat)).astype(int)
            for camera in (Camera(yaw=180.0), Camera())
        )
    finally:
        scene.close()
    crown = slice(15, 75), slice(35, 85)
    colour = [float((p[crown].max(-1) - p[crown].min(-1)).max()) for p in (behind, front)]
    assert colour[0] < 40 < 100 < colour[1]
