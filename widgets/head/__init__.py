"""The head view."""

from widgets.head.head_view import HeadView

__all__ = ["HeadView"]
