"""Light on the head: image light, lamps, what hides them, thin tissue, lids over the eyes."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest

from pipeline.head import Camera, HeadScene, HeadState, Look
from pipeline.head.occlusion import BAKING, directions, from_lamp, openness, shares, surface_samples
from pipeline.head.scene.shading import RigLight, irradiance
from pipeline.head.scene.shadow import lid_shade
from pipeline.head.scene.studio import RIGS, surroundings
from tests.pipeline.heads import head


@pytest.fixture(scope="module")
def scene():
    made = HeadScene(head())
    yield made
    made.close()


def test_image_light_is_the_cosine_weighted_mean_of_the_surroundings():
    image = surroundings(128).astype(float)
    height, width = image.shape[:2]
    around = ((np.arange(width) + 0.5) / width * 2 - 1) * np.pi
    up = ((np.arange(height) + 0.5) / height - 0.5) * np.pi
    a, e = np.meshgrid(around, up)
    ray = np.stack([np.cos(e) * np.cos(a), np.sin(e), np.cos(e) * np.sin(a)], -1)
    solid = np.cos(e) * (2 * np.pi / width) * (np.pi / height)
    forms = irradiance(image)
    for n in np.array([[0, 0, 1], [0, 1, 0], [-0.6, 0.48, 0.64], [0, -1, 0]], float):
        cosine = np.clip(ray @ n, 0, None) * solid
        wanted = (image * cosine[..., None]).sum((0, 1)) / np.pi
        n4 = np.append(n, 1)
        got = np.einsum("i,cij,j->c", n4, forms, n4)
        # Order 2 is off by at most 9 % (Ramamoorthi and Hanrahan 2001, section 3).
        np.testing.assert_allclose(got, wanted, rtol=0.09)


def test_the_room_of_every_rig_is_the_same_seen_from_any_camera():
    """Light along a normal does not depend on the camera that the normal is given in."""
    for name in RIGS:
        light = RigLight(name)
        normal = np.array([0.48, 0.6, 0.64])
        n4 = np.append(normal, 1)
        wanted = np.einsum("i,cij,j->c", n4, light.forms, n4)
        for camera in (Camera(), Camera(yaw=70, pitch=25)):
            x, y, z = camera.axes @ normal
            terms = np.array([1, x, y, z, x * y, y * z, x * z, z * z, x * x])
            np.testing.assert_allclose(terms @ light.around(camera.axes), wanted, atol=1e-9)


def test_a_head_is_lit_from_where_the_rig_s_key_stands(scene):
    """The key stands on the subject's right, the picture's left, and goes with no head turn."""
    bright = {}
    for light in RIGS:
        look = Look(light=light, ground="transparent")
        picture = scene.render(HeadState(size=(160, 160), look=look)).astype(float)
        head_only = picture[..., 3] == 255
        half = np.arange(160) < 80
        left, right = (picture[:, side][head_only[:, side]][:, :3].mean() for side in (half, ~half))
        bright[light] = left / right
    assert bright["dramatic"] > 1.5
    assert bright["dramatic"] > bright["studio"] > bright["soft"] > 0.95


def _ball(radius, centre, rings=24):
    """A sphere of triangles."""
    u, v = np.meshgrid(np.linspace(0, np.pi, rings), np.linspace(0, 2 * np.pi, 2 * rings))
    points = np.stack([np.sin(u) * np.cos(v), np.cos(u), np.sin(u) * np.sin(v)], -1)
    i, j = np.meshgrid(np.arange(2 * rings - 1), np.arange(rings - 1), indexing="ij")
    a, b = i * rings + j, (i + 1) * rings + j
    faces = np.concatenate(
        [np.stack([a, b, a + 1], -1).reshape(-1, 3), np.stack([b, b + 1, a + 1], -1).reshape(-1, 3)]
    )
    return points.reshape(-1, 3) * radius + centre, faces


def test_what_a_ball_hides_from_a_floor_is_what_rays_say():
    centre, radius = np.array([0.0, 45.0, 0.0]), 30.0
    vertices, faces = _ball(radius, centre)
    side = np.linspace(-80, 80, 15)
    x, z = np.meshgrid(side, side)
    floor = np.column_stack([x.ravel(), 0 * x.ravel(), z.ravel()])
    normals = np.tile([0.0, 1.0, 0.0], (len(floor), 1))
    baked = shares(floor, normals, surface_samples(vertices, faces, 1.0)) / 255
    toward = directions(BAKING.directions).astype(float)
    for ray, share in zip(toward, baked, strict=True):
        if ray[1] < 0.2:
            continue
        along = (centre - floor) @ ray
        miss = np.linalg.norm(centre - floor - along[:, None] * ray, axis=1)
        clear = np.abs(miss - radius) > 4  # nearer the edge the shadow is soft
        np.testing.assert_allclose(share[clear], (miss > radius)[clear], atol=0.02)
    open_ = openness((baked * 255).astype(np.uint8), normals)
    under, far = open_[np.abs(floor).sum(1).argmin()], open_[np.abs(floor).sum(1).argmax()]
    # A ball of that size hides sin^2 of its half angle of the cosine-weighted sky.
    assert abs((1 - under) - (radius / 45.0) ** 2) < 0.06
    assert far > 0.93
    lamp = from_lamp((baked * 255).astype(np.uint8), np.array([0.0, 1.0, 0.0]), 0.2)
    assert lamp[np.abs(floor).sum(1).argmin()] < 0.05
    assert lamp[np.abs(floor).sum(1).argmax()] > 0.95


def test_thin_tissue_lets_light_through_and_thick_does_not():
    """Opposite the light, the way through a ball is its diameter (Beer and Lambert)."""
    for radius in (1.0, 2.0, 40.0):
        vertices, faces = _ball(radius, np.zeros(3), 40)
        normals = vertices / np.linalg.norm(vertices, axis=1, keepdims=True)
        baked = shares(vertices, normals, surface_samples(vertices, faces, 0.3 * radius**0.5))
        toward = directions(BAKING.directions)
        behind = (normals @ toward.T).T < -0.9
        wanted = np.exp(-2 * radius * 0.95 / BAKING.through)
        assert abs((baked / 255)[behind].mean() - wanted) < 0.04


def test_lids_darken_the_eyeball_where_they_are_and_not_where_it_looks():
    model = head()
    surface = model.surface("eye_left")
    run = slice(surface.start, surface.stop)

    def front(weights):
        vertices, _ = model.deform(weights)
        shade = lid_shade(vertices[run], vertices[model.landmarks])
        seen = vertices[run][:, 2] > vertices[run][:, 2].max() - 2.5
        return shade[seen].mean(), shade

    neutral, _ = front({})
    shut, _ = front({"AU43": 1.0})
    wide, _ = front({"AU5": 1.0})
    assert shut < neutral <= wide + 1e-3
    up, shade = front({"AU63": 1.0})
    assert up < wide  # the cornea goes under the upper lid
    assert shade.min() > 0


def test_light_and_shade_follow_small_weights_without_a_jump(scene):
    """Micro-expressions live at 0.05 to 0.3: every step shows, and more than the one before."""
    camera, size = Camera(target=(0, -30, 0), distance=560), (220, 220)
    for unit in ("AU1", "AU4", "AU9", "AU12"):
        pictures = [
            scene.render(HeadState.of({unit: w}, camera, size)).astype(float)
            for w in (0, 0.05, 0.1, 0.15, 0.2, 0.25, 0.3)
        ]
        apart = [np.abs(p - pictures[0]).mean() for p in pictures]
        assert all(b > a for a, b in pairwise(apart)), unit
        steps = [np.abs(b - a).mean() for a, b in pairwise(pictures)]
        assert max(steps) < 2.5 * min(steps), unit
