"""The head's own shaders: image light as spherical harmonics, four soft boxes, soft skin.

VTK's physically based shader with maps and image-based light costs five times as much on
software GL, where most of a frame goes into fragments. Sources: R. Ramamoorthi and
P. Hanrahan, "An efficient representation for irradiance environment maps", 2001; B. Karis,
"Physically based shading on mobile", 2014 (the mirror term, GGX); E. d'Eon and D. Luebke,
"Advanced techniques for realistic real-time skin rendering", 2007 (light that has wandered
under the skin sees a smoother normal, red most); J. Jimenez et al., "Practical real-time
strategies for accurate indirect occlusion", 2016 (light out of hollows keeps their colour);
J. Hejl and R. Burgess-Dawson, 2010 (tone curve).

Colours are stored as square roots of linear light, so that the shader needs no powers; the
colour pictures of other people's heads are sRGB.

Every light is a uniform in the camera's frame: another rig, iris or camera compiles nothing.
"""

from __future__ import annotations

from collections.abc import Collection

import numpy as np
from numpy.typing import NDArray

from pipeline.head.scene.studio import FINISH, LAMPS_AT_MOST, RIGS, Material, Rig, surroundings
from pipeline.head.sculpt.parameters.furrows import FURROW_MAP

#: Names in the shader of a surface's pictures. ``colour`` (roots of linear light) and ``srgb``
#: replace the vertices' colour; ``paint`` (its alpha is half the gloss) and
#: ``form`` (slopes of twice the range, cavity) do as far as a vertex shows them; ``relief``
#: holds brightness and slope along u and v; ``cover`` holds
#: of strands that run along v the brightness (half is 1), the shift of their highlight (half is
#: none), how matt they are (up to a half not at all), and what they cover.
MAPS = {
    "colour": "colourMap",
    "srgb": "colourMap",
    "paint": "colourMap",
    "relief": "reliefMap",
    "form": "reliefMap",
    "cover": "coverMap",
    "furrows": "furrowMap",
}

#: Vertex attributes: what reaches a vertex of each lamp; openness, gloss, thinness
#: and how much of the skin's pictures it shows.
REACH, BODY = "reach", "body"

VERTEX_DECLARATIONS = """
in vec4 reach;
in vec4 body;
out vec4 reachVS;
out vec4 bodyVS;
out vec3 aroundVS;
"""

VERTEX_CODE = """
  reachVS = reach;
  bodyVS = body;
  vec3 turned = normalMatrix * normalMC;
  turned /= max(length(turned), 1e-6);
  aroundVS = max(around0 + around1 * turned.x + around2 * turned.y + around3 * turned.z
    + around4 * (turned.x * turned.y) + around5 * (turned.y * turned.z)
    + around6 * (turned.x * turned.z) + around7 * (turned.z * turned.z)
    + around8 * (turned.x * turned.x), 0.0);
"""

FRAGMENT_DECLARATIONS = """
in vec4 reachVS;
in vec4 bodyVS;
in vec3 aroundVS;
"""

_IMPLEMENTATION = """
  vec3 smoothNormal = normalize(normalVCVSOutput);
  vec3 viewNormal = smoothNormal;
  vec3 V = normalize(-vertexVC.xyz);
  float cavity = 1.0;
  float gloss = bodyVS.y;
  {colour}
  float open = bodyVS.x * cavity;
  vec3 bounced = open * ((open * (2.0404 * albedo - 0.3324) + (0.6417 - 4.7951 * albedo)) * open
    + (2.7552 * albedo + 0.6903));
  vec3 lit = aroundVS * mix(vec3(open), max(vec3(open), bounced), {bounce});
  float ahead = dot(viewNormal, V);
  float facing = clamp(ahead, 0.0, 1.0);
  float grazing = 1.0 - facing;
  float grazing2 = grazing * grazing;
  float rough = clamp({roughness} / gloss, 0.12, 1.0);
  float alpha = rough * rough;
  vec3 mirror = aroundVS * (open * open * ({reflectance} + {edge} * grazing2 * grazing2));
  {lamps}
  {coat}
  vec3 sent = max((albedo * lit + mirror) * exposure - 0.004, 0.0);
  gl_FragData[0] =
    vec4((sent * (6.2 * sent + 0.5)) / (sent * (6.2 * sent + 1.7) + 0.06), opacity{cover});
"""

# The strands' direction is how the place changes with v (from screen derivatives, before any
# fragment is given up).
_STRANDS = """
  vec4 strand = texture(coverMap, tcoordVCVSOutput);
  vec2 uvx = dFdx(tcoordVCVSOutput);
  vec2 uvy = dFdy(tcoordVCVSOutput);
  vec3 run = dFdy(vertexVC.xyz) * uvx.x - dFdx(vertexVC.xyz) * uvy.x;
  run *= sign(uvx.x * uvy.y - uvx.y * uvy.x);
  if (strand.a < {least}) discard;
  if (!gl_FrontFacing) viewNormal = -viewNormal;
  run -= viewNormal * dot(run, viewNormal);  // a triangle's own slant would show as facets
  run /= max(length(run), 1e-9);
  vec3 albedo = diffuseColor * diffuseColor * (2.0 * strand.r);
  float shiny = {strands} * clamp(2.0 - 2.0 * strand.b, 0.0, 1.0);
  vec3 first = normalize(run + viewNormal * ({shift} + 0.5 * (strand.g - 0.5)));
  vec3 second = normalize(run - viewNormal * (1.4 * {shift} + 0.5 * (strand.g - 0.5)));
"""

# Two shifted highlights (S. Marschner et al., "Light scattering from human hair fibers", 2003,
# in the form of T. Scheuermann, "Hair rendering and shading", 2004); squares for powers.
_STRAND_LAMP = """
  {{
    vec3 L = toward{n};
    float shadowed = clamp(dot(viewNormal, L) * 0.8 + 0.3, 0.0, 1.0) * reachVS.{c};
    float slant = dot(first, L);
    lit += lamp{n} * (shadowed * (0.35 + 0.65 * sqrt(max(1.0 - slant * slant, 0.0))));
    float whole = 1.0 / max(2.0 + 2.0 * dot(L, V), 0.0001);
    float a = slant + dot(first, V);
    float b = dot(second, L) + dot(second, V);
    a = 1.0 - a * a * whole; a *= a; a *= a; a *= a; a *= a; a *= a;
    b = 1.0 - b * b * whole; b *= b; b *= b; b *= b;
    mirror += lamp{n} * (shadowed * shiny) * (0.08 * a + albedo * (1.8 * b));
  }}
"""

_SLOPE = """
  {read}
  vec3 along = normalize(cross(upward, viewNormal));
  vec3 rise = cross(viewNormal, along);
  viewNormal = normalize(viewNormal + along * slope.x + rise * slope.y);"""

# A map's alpha over a half: more blood; under it: browner.
_CHROMA = "detail.r * (vec3(1.0) - detail.a * vec3(-0.25, 0.45, 0.50))"

_IRIS = """
  vec3 tint = mix(irisOuter, irisInner, max(2.0 * picked.a - 1.0, 0.0));
  albedo *= mix(vec3(1.0), tint, min(2.0 * picked.a, 1.0));"""

_LAMP = """
  {{
    vec3 L = toward{n};
    float raw = dot(viewNormal, L);
    float lambert = max(raw, 0.0);
    float share = reachVS.{c}{shade};
    {diffuse}
    {mirror}
  }}
"""

# For the half vector H = (L + V) / |L + V|: (L.H)^2 is (1 + L.V) / 2, and (N.H)^2 is
# (N.L + N.V)^2 / (2 + 2 L.V); nothing need be normalized.
_MIRROR = """
    float lh2 = max(0.5 + 0.5 * dot(L, V), 0.0001);
    float across = max(raw + ahead, 0.0);
    float h2 = across * across / (4.0 * lh2);
    float fresnel = 1.0 - sqrt(lh2);
    float fresnel2 = fresnel * fresnel;
    float wide = alpha + 0.25 * lampSize{n};
    float wide2 = wide * wide;
    float spread = h2 * (wide2 - 1.0) + 1.0;
    float glint = alpha * wide / (spread * spread);
    {sharp}
    mirror += lamp{n} * (lambert * share * ({reflectance} + {edge} * fresnel2 * fresnel2)
      * glint / (max(0.1, lh2) * (4.0 * rough + 2.0)));"""

_SHARP = """
    float tight = 0.3 * alpha + 0.12 * lampSize{n};
    float tight2 = tight * tight;
    float narrow = h2 * (tight2 - 1.0) + 1.0;
    glint = mix(glint, 0.3 * alpha * tight / (narrow * narrow), {share});"""

_MATT = "lit += lamp{n} * (lambert * share);"

_BLURRED = (0.75, 0.45, 0.30)  # how much smoother a normal light under the skin sees
_WRAPPED = """
    float blurred = dot(smoothNormal, L);
    vec3 wrap = {soft} * (0.85 + bodyVS.z);
    vec3 wandered = (mix(vec3(raw), vec3(blurred), {blurred}) + wrap)
      / ((1.0 + wrap) * (1.0 + wrap));
    vec3 edged = vec3(share) + {soft} * (1.6 * share * (1.0 - share));
    lit += lamp{n} * (max(wandered, 0.0) * edged);{glow}"""

_GLOW = """
    lit += lamp{n} * {glow} * (share * bodyVS.z * clamp(-blurred, 0.0, 1.0));"""

_COAT = """
  {
    vec3 seen = reflect(-V, smoothNormal);
    float rise = dot(seen, skyward);
    vec3 image = mix(mix(wallLight, floorLight, clamp(-rise, 0.0, 1.0)), ceilingLight,
      clamp(rise, 0.0, 1.0));
    BOXES
    float glance = 1.0 - clamp(dot(smoothNormal, V), 0.0, 1.0);
    float glance2 = glance * glance;
    mirror += image * (open * STRENGTH * (0.022 + 0.6 * glance2 * glance2 * glance));
  }
"""

_BOX = """
    {{
      float toLamp = dot(seen, toward{n});
      vec3 across = normalize(cross(skyward, toward{n}));
      vec2 off = vec2(dot(seen, across), dot(seen, cross(toward{n}, across)))
        / (max(toLamp, 0.05) * lampSize{n});
      vec2 inside = clamp((1.0 - abs(off)) * 7.0, 0.0, 1.0);
      float pane = clamp(abs(off.x) * 18.0, 0.55, 1.0);
      image += lamp{n} * (step(0.0, toLamp) * inside.x * inside.y * pane * {radiance}
        / (lampSize{n} * lampSize{n}));
    }}"""


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


class RigLight:
    """A rig's numbers as the shaders want them.

    Parameters
    ----------
    name : str
        Of `studio.RIGS`.
    """

    def __init__(self, name: str) -> None:
        self.rig: Rig = RIGS[name]
        self.forms = irradiance(surroundings(64, name))
        toward = np.zeros((LAMPS_AT_MOST, 3))
        toward[:, 1] = 1
        self.colours = np.zeros((LAMPS_AT_MOST, 3))
        self.sizes = np.full(LAMPS_AT_MOST, 0.3)
        for number, lamp in enumerate(self.rig.lamps):
            toward[number] = lamp.toward
            self.colours[number] = np.asarray(lamp.colour) * lamp.intensity
            self.sizes[number] = lamp.size
        #: Unit vectors to the lamps in the world, (4, 3).
        self.toward = toward / np.linalg.norm(toward, axis=1, keepdims=True)

    def around(self, axes: NDArray[np.floating]) -> NDArray[np.float64]:
        """Factors of 1, x, y, z, xy, yz, xz, zz, xx of the room's light, (9, 3).

        Parameters
        ----------
        axes : (3, 3)
            Rows: the camera's axes in the world; x, y, z is a normal in the camera's frame.
        """
        turn = np.eye(4)
        turn[:3, :3] = axes
        m = turn @ self.forms @ turn.T
        # x2 + y2 + z2 = 1 takes y2 away.
        return np.stack(
            [m[:, 3, 3] + m[:, 1, 1], 2 * m[:, 0, 3], 2 * m[:, 1, 3], 2 * m[:, 2, 3],
             2 * m[:, 0, 1], 2 * m[:, 1, 2], 2 * m[:, 0, 2],
             m[:, 2, 2] - m[:, 1, 1], m[:, 0, 0] - m[:, 1, 1]]
        )  # fmt: skip


#: Vertex attribute: place in the furrow map, and how deep the furrows are here and now.
CREASE = "crease"
CREASE_VERTEX = (
    f"in vec3 {CREASE};\nout vec3 creaseVS;\n",
    f"""
  creaseVS = {CREASE};
  float unfolded = clamp(-{CREASE}.z, 0.0, 1.0);  // what lay in a fold comes into the light
  reachVS = mix(reachVS, max(reachVS, min(reachVS * 2.5, vec4(0.85))), unfolded);
  bodyVS.x = mix(bodyVS.x, max(bodyVS.x, 0.8), unfolded);
  float seam = clamp((-{CREASE}.z - 2.0) / 3.0, 0.0, 1.0);  // lids that lie on each other
  bodyVS.x *= 1.0 - 0.75 * seam;
  reachVS *= 1.0 - 0.8 * seam;
""",
)
# Where skin comes out of a fold, the fold in the form map goes.
_SHARE = "bodyVS.w * (1.0 - clamp(-creaseVS.z, 0.0, 1.0))"
CREASE_FRAGMENT = "in vec3 creaseVS;\n"

#: Lamps whose highlights a draft has in every pixel; all else of lamps it has in its vertices.
_SHINING = 2
_QUICK_DECLARATIONS = "{way} vec3 lampsVS;\n{way} vec3 glintsVS;\n{way} vec3 leanVS;\n"

_QUICK_VERTEX = """
  vec3 viewNormal = turned;
  vec3 smoothNormal = turned;
  vec3 V = normalize(-vertexVCVSOutput.xyz);
  float ahead = dot(turned, V);
  float open = bodyVS.x;
  float rough = clamp({roughness} / bodyVS.y, 0.12, 1.0);
  float alpha = rough * rough;
  vec3 lit = vec3(0.0);
  vec3 mirror = vec3(0.0);
  leanVS = vec3(0.0);
  {lamps}
  lampsVS = lit;
  glintsVS = mirror;
"""

# How the light grows where a picture tilts the normal towards the lamp.
_LEAN = """
    leanVS += L * (dot(lamp{n}, vec3(0.333)) * share * clamp(4.0 * raw + 0.5, 0.0, 1.0));"""

_QUICK_FRAGMENT = """
  lit = max(lit + lampsVS + {give} * dot(viewNormal - smoothNormal, leanVS), 0.0);
  mirror += glintsVS;"""

_FURROWS = """
  albedo *= vec3(1.0) - vec3(0.62, 0.74, 0.78) * clamp((-creaseVS.z - 1.6) / 3.0, 0.0, 1.0);
  if (creaseVS.z > 0.01) {{
    vec3 fold = texture(furrowMap, creaseVS.xy).rgb;
    vec2 steep = (fold.rg - vec2({none})) * ({steepest} * creaseVS.z);
    vec3 around = normalize(cross(upward, viewNormal));
    viewNormal = normalize(viewNormal - around * steep.x - cross(viewNormal, around) * steep.y);
    albedo *= vec3(1.0) - vec3(0.42, 0.58, 0.62) * (fold.b * min(creaseVS.z, 1.0));
  }}"""


def _furrow_code() -> str:
    scale = FURROW_MAP.steepest * FURROW_MAP.stress * 255 / 127
    return _FURROWS.format(none=f"{128 / 255:.6f}", steepest=f"{scale:.6f}")


def _colour_code(material: Material, uses: Collection[str]) -> str:
    if "cover" in uses:
        least = "0.02" if material.fading else "0.5"
        return _STRANDS.format(
            least=least, shift=f"{material.shift:.4f}", strands=f"{material.strands:.4f}"
        )
    code = "vec3 albedo = diffuseColor * diffuseColor;"
    if "colour" in uses:
        code = """vec4 picked = texture(colourMap, tcoordVCVSOutput);
  vec3 albedo = picked.rgb * picked.rgb;"""
        if material.tint and "iris" in uses:
            code += _IRIS
    elif "srgb" in uses:
        code = """vec3 picked = texture(colourMap, tcoordVCVSOutput).rgb;
  vec3 albedo = picked * (picked * (picked * 0.305306 + 0.682171) + 0.012523);"""
    elif "paint" in uses:
        code = """vec4 picked = texture(colourMap, tcoordVCVSOutput);
  vec3 albedo = mix(diffuseColor, picked.rgb, bodyVS.w);
  albedo *= albedo;
  gloss = mix(gloss, 2.0 * picked.a, bodyVS.w);"""
    if "form" in uses:
        code += _SLOPE.format(
            read="vec3 form = texture(reliefMap, tcoordVCVSOutput).rgb;\n"
            f"  float share = {_SHARE if 'furrows' in uses else 'bodyVS.w'};\n"
            "  vec2 slope = (form.rg - 0.502) * (2.0 * share);\n"
            "  cavity = mix(1.0, form.b, share);"
        )
    elif "relief" in uses:
        chroma = _CHROMA if "chroma" in uses else "detail.r"
        code += _SLOPE.format(
            read="vec4 detail = texture(reliefMap, tcoordVCVSOutput)"
            " - vec4(0.0, 0.5, 0.5, 0.5);\n"
            f"  vec2 slope = detail.gb; albedo *= {chroma};\n"
            "  cavity = clamp(0.55 + 0.48 * detail.r, 0.0, 1.0);"
        )
    return code


def _diffuse(material: Material, n: int) -> str:
    if not any(material.soft):
        return _MATT.format(n=n)
    glow = _GLOW.format(n=n, glow=_vec(material.glow)) if any(material.glow) else ""
    return _WRAPPED.format(n=n, soft=_vec(material.soft), glow=glow, blurred=_vec(_BLURRED))


def _mirror(material: Material, n: int) -> str:
    sharp = _SHARP.format(n=n, share=f"{material.sharp:.4f}") if material.sharp else ""
    smooth = 1.0 - 0.75 * material.roughness
    edge = f"{min(0.5, material.reflectance * 22 * smooth):.4f}"
    return _MIRROR.format(n=n, sharp=sharp, reflectance=f"{material.reflectance:.4f}", edge=edge)


def _lamp(material: Material, n: int, diffuse: str, mirror: str) -> str:
    shade = " * open" if material.tint else ""
    return _LAMP.format(n=n, c="xyzw"[n], shade=shade, diffuse=diffuse, mirror=mirror)


def _lamps(material: Material, quick: bool) -> str:
    """What lamps do to a pixel."""
    if quick:
        give = np.subtract(1, _BLURRED) / (1 + 0.85 * np.array(material.soft)) ** 2
        if not any(material.soft):
            give = np.ones(3)
        shining = "".join(_lamp(material, n, "", _mirror(material, n)) for n in range(_SHINING))
        return _QUICK_FRAGMENT.format(give=_vec(give)) + shining
    return "".join(
        _lamp(material, n, _diffuse(material, n), _mirror(material, n))
        for n in range(LAMPS_AT_MOST)
    )


def is_quick(draft: bool, uses: Collection[str]) -> bool:
    """Whether vertices do most of what lamps do: in drafts, but for strands."""
    return draft and "cover" not in uses


def vertex_code(material: Material, uses: Collection[str], quick: bool) -> tuple[str, str]:
    """GLSL declarations and code of a material's vertices; see `fragment_code`."""
    crease = CREASE_VERTEX if "furrows" in uses else ("", "")
    declared, code = VERTEX_DECLARATIONS + crease[0], VERTEX_CODE + crease[1]
    if quick:
        lamps = [
            _lamp(material, n, _diffuse(material, n) + _LEAN.format(n=n),
                  _mirror(material, n) if n >= _SHINING else "")
            for n in range(LAMPS_AT_MOST)
        ]  # fmt: skip
        declared += _QUICK_DECLARATIONS.format(way="out")
        code += _QUICK_VERTEX.format(roughness=f"{material.roughness:.4f}", lamps="".join(lamps))
    return declared, code


def fragment_declarations(uses: Collection[str], quick: bool) -> str:
    """What the vertices tell the fragments."""
    crease = CREASE_FRAGMENT if "furrows" in uses else ""
    handed = _QUICK_DECLARATIONS.format(way="in") if quick else ""
    return FRAGMENT_DECLARATIONS + crease + handed


def fragment_code(material: Material, uses: Collection[str] = (), quick: bool = False) -> str:
    """GLSL that takes the place of VTK's lighting for a material.

    Parameters
    ----------
    uses : collection of str
        Uses of the surface's pictures, keys of `MAPS`; with them ``"iris"`` where the colour
        picture has an alpha, and ``"chroma"`` where the relief has one.
    quick : bool
        The vertices do most of what lamps do (`vertex_code`).
    """
    if "cover" in uses:
        lamps = "".join(_STRAND_LAMP.format(n=n, c="xyzw"[n]) for n in range(LAMPS_AT_MOST))
    else:
        lamps = _lamps(material, quick)
    boxes = [_BOX.format(n=n, radiance=f"{np.pi / 4:.4f}") for n in range(LAMPS_AT_MOST)]
    coat = _COAT.replace("BOXES", "".join(boxes)).replace("STRENGTH", f"{material.coat:.3f}")
    return _IMPLEMENTATION.format(
        colour=_colour_code(material, uses) + (_furrow_code() if "furrows" in uses else ""),
        bounce=f"{FINISH.bounce:.3f}",
        roughness=f"{material.roughness:.4f}",
        reflectance=f"{material.reflectance:.4f}",
        edge=f"{material.reflectance * 5:.4f}",
        lamps=lamps,
        coat=coat if material.coat else "",
        cover=" * strand.a" if "cover" in uses and material.fading else "",
    )
