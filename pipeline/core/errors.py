"""Typed errors that say what is wrong, where, and what to do.

Library code raises these; the command line prints them on one or two lines and the
studio's notice hub shows them. A traceback never reaches a person over a bad file.
"""

from __future__ import annotations


class TellError(Exception):
    """An error a person can act on.

    Parameters
    ----------
    what : str
        What is wrong, one sentence without a full stop.
    where : str, optional
        The file, sheet, row or frame concerned.
    remedy : str, optional
        What to do about it, one sentence.
    code : str, optional
        Stable identifier such as ``"media.truncated"``; defaults to the class's own.
    **params
        Values behind the text (numbers, names), kept for logs and translation.
    """

    code = "tell"

    def __init__(
        self, what: str, *, where: object = "", remedy: str = "", code: str = "", **params: object
    ) -> None:
        super().__init__(what)
        self.what = what
        self.where = str(where)
        self.remedy = remedy
        self.code = code or type(self).code
        self.params = params

    def __str__(self) -> str:
        head = f"{self.where}: {self.what}" if self.where else self.what
        return f"{head}. {self.remedy}" if self.remedy else f"{head}."


class MediaError(TellError):
    """A video or image sequence cannot be opened, read or written."""

    code = "media"


class FaceError(TellError):
    """No face, or the landmark model is missing or unreadable."""

    code = "face"


class ModelError(TellError):
    """A predictor or its weights cannot be used."""

    code = "model"


class TrainingError(TellError):
    """The clips at hand do not allow this training or evaluation."""

    code = "training"


class HeadError(TellError):
    """A head model cannot be built, loaded or drawn."""

    code = "head"


class SheetError(TellError):
    """A label sheet or AU table has a problem at a named row and column."""

    code = "sheet"


class ExportError(TellError):
    """Nothing to export, or the target cannot be written."""

    code = "export"


class ProjectError(TellError):
    """A project file cannot be opened, migrated or written."""

    code = "project"


class Cancelled(Exception):  # noqa: N818 - not an error: somebody asked for it
    """A person stopped a long job."""
