"""The timeline: ruler, events, motion and AU curves on one axis."""

from widgets.timeline.axis import TimeAxis
from widgets.timeline.timeline import Timeline

__all__ = ["TimeAxis", "Timeline"]
