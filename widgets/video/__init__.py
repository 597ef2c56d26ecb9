"""The video view with its overlays."""

from widgets.video.overlays import Overlays
from widgets.video.video_view import VideoView

__all__ = ["Overlays", "VideoView"]
