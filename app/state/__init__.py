"""The studio's state: document, playhead, frames, jobs, settings, notices."""

from app.state.document import Document
from app.state.drive import DriveState
from app.state.frame_feed import FrameFeed
from app.state.jobs import Jobs, JobStatus
from app.state.notices import Notice, Notices
from app.state.playhead import Playhead
from app.state.rig import RigState
from app.state.settings import Settings
from app.state.undo import EditCommand, UndoStack
from app.state.weights import LAYERS, Layer, Weights

__all__ = [
    "LAYERS",
    "Document",
    "DriveState",
    "EditCommand",
    "FrameFeed",
    "JobStatus",
    "Jobs",
    "Layer",
    "Notice",
    "Notices",
    "Playhead",
    "RigState",
    "Settings",
    "UndoStack",
    "Weights",
]
