"""Emotion profiles of a project and the modulation of each clip (SPEC 7)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import Connection, delete, insert, select

from pipeline.core.errors import ProjectError
from pipeline.store import schema
from pipeline.store.rows import dumps, parsed

if TYPE_CHECKING:
    from pipeline.curves import EmotionProfile, Modulation


def read_profiles(conn: Connection) -> dict[str, EmotionProfile]:
    """Shipped profiles overlaid with the project's own."""
    from pipeline.curves import EmotionProfile, default_profiles

    profiles = default_profiles()
    for row in conn.execute(select(schema.profiles)).mappings():
        emotion = row["emotion"]
        by_au = parsed(row["m_au"], dict, f"profile {emotion}")
        try:
            gains = {int(au): float(m) for au, m in by_au.items()}
            profiles[emotion] = EmotionProfile(emotion, float(row["m_e"]), gains)
        except (ValueError, TypeError) as error:
            raise ProjectError(
                f"a profile cannot be read ({error})", where=f"profile {emotion}",
                code="project.corrupt",
            ) from error  # fmt: skip
    return profiles


def write_profile(conn: Connection, profile: EmotionProfile) -> None:
    """Store a profile; one that equals the shipped one leaves no row."""
    from pipeline.curves import default_profiles

    table = schema.profiles
    conn.execute(delete(table).where(table.c.emotion == profile.emotion))
    default = default_profiles().get(profile.emotion)
    gains = {int(au): float(m) for au, m in profile.m_au.items()}
    if default is not None and default.m_e == profile.m_e and dict(default.m_au) == gains:
        return
    by_au = dumps({str(au): m for au, m in gains.items()})
    conn.execute(insert(table).values(emotion=profile.emotion, m_e=profile.m_e, m_au=by_au))


def read_modulation(conn: Connection, clip: str) -> Modulation:
    """A clip's modulation."""
    from pipeline.curves import Modulation

    table = schema.modulations
    row = conn.execute(select(table).where(table.c.clip == clip)).mappings().one_or_none()
    profiles = read_profiles(conn)
    if row is None:
        return Modulation(profiles)
    try:
        return Modulation(profiles, str(row["override"]), float(row["intensity"]))
    except (ValueError, TypeError) as error:
        raise ProjectError(
            f"a modulation cannot be read ({error})", where=f"clip {clip}", code="project.corrupt"
        ) from error


def write_modulation(conn: Connection, clip: str, old: Modulation, new: Modulation) -> None:
    """Store a clip's override and intensity, and the profiles that differ from ``old``."""
    table = schema.modulations
    conn.execute(delete(table).where(table.c.clip == clip))
    if new.override or new.intensity != 1.0:
        conn.execute(
            insert(table).values(clip=clip, override=new.override, intensity=float(new.intensity))
        )
    for emotion, profile in new.profiles.items():
        if old.profiles.get(emotion) != profile:
            write_profile(conn, profile)
    for emotion in old.profiles.keys() - new.profiles.keys():
        conn.execute(delete(schema.profiles).where(schema.profiles.c.emotion == emotion))
