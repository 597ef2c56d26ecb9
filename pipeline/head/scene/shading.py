"""The head's own fragment shader: image light as spherical harmonics, five lamps, soft skin.

VTK's physically based shader with maps and image-based light costs five times as much on
software GL, where most of a frame goes into fragments. Sources: R. Ramamoorthi and
P. Hanrahan, "An efficient representation for irradiance environment maps", 2001; B. Karis,
"Physically based shading on mobile", 2014 (the mirror term).

Colours are stored as square roots of linear light, so that the shader needs no powers.
"""

from __future__ import annotations

from collections.abc import Collection
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from pipeline.head.scene.studio import LAMPS, LAMPS_AIM, Material, surroundings
from pipeline.head.sculpt.parameters.furrows import FURROW_MAP

#: Names in the shader of a surface's pictures: the colour replaces that of the vertices, the
#: relief holds brightness, and slope along u and v; the cover holds of strands that run along v
#: the brightness (half is 1), the shift of their highlight (half is none), and what they cover.
MAPS = {
    "colour": "colourMap", "relief": "reliefMap", "cover": "coverMap", "furrows": "furrowMap",
}  # fmt: skip

_EXPOSURE = 0.44  # of the lamps against the surroundings

_AMBIENT = 0.85

_IMPLEMENTATION = """
  vec3 viewNormal = normalize(normalVCVSOutput);
  vec3 toEye = normalize(-vertexVC.xyz);
  {colour}
  vec3 N = toWorld * viewNormal;
  vec3 V = toWorld * toEye;
  vec4 n4 = vec4(N, 1.0);
  vec3 around = vec3(dot(n4, {red} * n4), dot(n4, {green} * n4), dot(n4, {blue} * n4)) * {ambient};
  vec3 lit = max(around, 0.0);
  float facing = max(dot(N, V), 0.0);
  float grazing = 1.0 - facing;
  float grazing2 = grazing * grazing;
  float edge = {reflectance} + {edge} * grazing2 * grazing2;
  vec3 mirror = lit * edge;
  {lamps}
  vec3 sent = albedo * lit + mirror;
  vec3 root = sqrt(max(sent, 0.0));
  gl_FragData[0] = vec4(0.85 * root + 0.15 * sqrt(root), opacity{cover});
"""

# The strands' direction is how the place changes with v (from screen derivatives, before any
# fragment is given up).
_STRANDS = """
  vec4 strand = texture(coverMap, tcoordVCVSOutput);
  vec2 uvx = dFdx(tcoordVCVSOutput);
  vec2 uvy = dFdy(tcoordVCVSOutput);
  vec3 run = dFdy(vertexVC.xyz) * uvx.x - dFdx(vertexVC.xyz) * uvy.x;
  run *= sign(uvx.x * uvy.y - uvx.y * uvy.x) / max(length(run), 1e-9);
  if (strand.a < {least}) discard;
  if (!gl_FrontFacing) viewNormal = -viewNormal;
  vec3 albedo = diffuseColor * diffuseColor * (2.0 * strand.r);
  vec3 strandN = toWorld * viewNormal;
  vec3 first = normalize(toWorld * run + strandN * ({shift} + 0.5 * (strand.g - 0.5)));
  vec3 second = normalize(toWorld * run - strandN * (1.4 * {shift} + 0.5 * (strand.g - 0.5)));
"""

# Two shifted highlights (S. Marschner et al., "Light scattering from human hair fibers", 2003,
# in the form of T. Scheuermann, "Hair rendering and shading", 2004); squares for powers.
_STRAND_LAMP = """
  {{
    const vec3 L = {direction};
    float raw = dot(N, L);
    vec3 H = normalize(L + V);
    float shadowed = clamp(raw * 0.8 + 0.3, 0.0, 1.0);
    float slant = dot(first, L);
    lit += {colour} * (shadowed * (0.35 + 0.65 * sqrt(max(1.0 - slant * slant, 0.0))));
    float a = dot(first, H);
    float b = dot(second, H);
    a = 1.0 - a * a; a *= a; a *= a; a *= a; a *= a; a *= a;
    b = 1.0 - b * b; b *= b; b *= b; b *= b;
    mirror += {colour} * (shadowed * {strands}) * (0.06 * a + albedo * (0.9 * b));
  }}
"""

_LAMP = """
  {{
    const vec3 L = {direction};
    float raw = dot(N, L);
    float lambert = max(raw, 0.0);
    {diffuse}
    vec3 H = normalize(L + V);
    float h = max(dot(N, H), 0.0);
    float spread = h * h * ({a2} - 1.0) + 1.0;
    float glint = {gloss} / (spread * spread);
    {coat}
    mirror += {colour} * (lambert * glint * {reflectance});
  }}
"""


def _vec(values: NDArray[np.floating] | tuple[float, ...]) -> str:
    numbers = ", ".join(f"{float(v):.6f}" for v in values)
    return f"vec{len(values)}({numbers})"


def irradiance(image: NDArray[np.floating]) -> NDArray[np.float64]:
    """Quadratic forms of the diffuse light of an equirectangular picture.

    Parameters
    ----------
    image : (H, W, 3)
        Linear; row 0 straight down.

    Returns
    -------
    (3, 4, 4) float64
        ``[n, 1] M [n, 1]`` is irradiance over pi per channel for a unit normal n.
    """
    height, width = image.shape[:2]
    around = ((np.arange(width) + 0.5) / width * 2 - 1) * np.pi
    up = ((np.arange(height) + 0.5) / height - 0.5) * np.pi
    a, e = np.meshgrid(around, up)
    x, y, z = np.cos(e) * np.cos(a), np.sin(e), np.cos(e) * np.sin(a)
    solid = np.cos(e) * (2 * np.pi / width) * (np.pi / height)

    def moment(basis: NDArray[np.float64]) -> NDArray[np.float64]:
        return (image * (basis * solid)[..., None]).sum((0, 1))

    one, c1, c2, c3 = 0.282095, 0.488603, 1.092548, 0.315392
    l00 = moment(np.full_like(x, one))
    lx, ly, lz = moment(c1 * x), moment(c1 * y), moment(c1 * z)
    lxy, lyz, lxz = moment(c2 * x * y), moment(c2 * y * z), moment(c2 * x * z)
    lzz, lxxyy = moment(c3 * (3 * z * z - 1)), moment(c2 / 2 * (x * x - y * y))
    k1, k2, k3, k4, k5 = 0.429043, 0.511664, 0.743125, 0.886227, 0.247708
    rows = [
        [k1 * lxxyy, k1 * lxy, k1 * lxz, k2 * lx],
        [k1 * lxy, -k1 * lxxyy, k1 * lyz, k2 * ly],
        [k1 * lxz, k1 * lyz, k3 * lzz, k2 * lz],
        [k2 * lx, k2 * ly, k2 * lz, k4 * l00 - k5 * lzz],
    ]
    return np.moveaxis(np.array(rows), -1, 0) / np.pi


@lru_cache(maxsize=1)
def _surroundings_forms() -> tuple[str, str, str]:
    forms = irradiance(surroundings(128))
    red, green, blue = (f"mat4({', '.join(f'{v:.6f}' for v in form.ravel())})" for form in forms)
    return red, green, blue


#: Vertex attribute: place in the furrow map, and how deep the furrows are here and now.
CREASE = "crease"
CREASE_VERTEX = (f"in vec3 {CREASE};\nout vec3 creaseVS;\n", f"creaseVS = {CREASE};\n")
CREASE_FRAGMENT = "in vec3 creaseVS;\n"

_FURROWS = """
  if (creaseVS.z > 0.01) {{
    vec3 fold = texture(furrowMap, creaseVS.xy).rgb;
    vec2 steep = (fold.rg - vec2({none})) * ({steepest} * creaseVS.z);
    vec3 around = normalize(cross(upward, viewNormal));
    viewNormal = normalize(viewNormal - around * steep.x - cross(viewNormal, around) * steep.y);
    albedo *= vec3(1.0) - vec3(0.38, 0.52, 0.55) * (fold.b * min(creaseVS.z, 1.0));
  }}"""


def _furrow_code() -> str:
    scale = FURROW_MAP.steepest * 255 / 127
    return _FURROWS.format(none=f"{128 / 255:.6f}", steepest=f"{scale:.6f}")


def _colour_code(material: Material, pictures: Collection[str]) -> str:
    if "cover" in pictures:
        least = "0.02" if material.fading else "0.5"
        return _STRANDS.format(least=least, shift=f"{material.shift:.4f}")
    if "colour" in pictures:
        picked = "texture(colourMap, tcoordVCVSOutput).rgb"
        return f"vec3 picked = {picked}; vec3 albedo = picked * picked;"
    if "relief" not in pictures:
        return "vec3 albedo = diffuseColor * diffuseColor;"
    return """
  vec3 detail = texture(reliefMap, tcoordVCVSOutput).rgb - vec3(0.0, 0.5, 0.5);
  vec3 albedo = diffuseColor * diffuseColor * detail.r;
  vec3 along = normalize(cross(upward, viewNormal));
  vec3 rise = cross(viewNormal, along);
  viewNormal = normalize(viewNormal + along * detail.g + rise * detail.b);"""


def fragment_code(material: Material, pictures: Collection[str] = ()) -> str:
    """GLSL that takes the place of VTK's lighting for a material, given the uses of pictures."""
    red, green, blue = _surroundings_forms()
    alpha2 = material.roughness**4
    gloss = (material.roughness * 0.25 + 0.25) * alpha2
    lamps = []
    for lamp in LAMPS:
        direction = np.asarray(lamp.position) - LAMPS_AIM
        colour = _vec(np.asarray(lamp.colour) * lamp.intensity * _EXPOSURE)
        soft = _vec(material.soft)
        wrapped = (
            f"lit += {colour} * max((vec3(raw) + {soft}) / ((1.0 + {soft}) * (1.0 + {soft})), 0.0);"
        )
        plain = f"lit += {colour} * lambert;"
        coat = (
            f"float wet = h * h * (0.0016 - 1.0) + 1.0;"
            f" mirror += {colour} * (lambert * {0.02 * material.coat:.4f} * 0.0006 / (wet * wet));"
            if material.coat
            else ""
        )
        lamps.append(
            (_STRAND_LAMP if "cover" in pictures else _LAMP).format(
                direction=_vec(direction / np.linalg.norm(direction)),
                diffuse=wrapped if any(material.soft) else plain,
                a2=f"{alpha2:.6f}",
                gloss=f"{gloss:.6f}",
                coat=coat,
                colour=colour,
                reflectance="edge",
                strands=f"{material.strands:.4f}",
            )
        )
    return _IMPLEMENTATION.format(
        colour=_colour_code(material, pictures)
        + (_furrow_code() if "furrows" in pictures else ""),
        ambient=_AMBIENT, red=red, green=green, blue=blue,
        reflectance=f"{material.reflectance:.4f}",
        edge=f"{material.reflectance * 6:.4f}",
        lamps="".join(lamps),
        cover=" * strand.a" if "cover" in pictures and material.fading else "",
    )  # fmt: skip
