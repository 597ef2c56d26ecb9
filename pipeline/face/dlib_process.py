"""dlib in a process of its own: run as a script, talks over its standard streams.

Reading the landmark model takes a second in which dlib holds the interpreter's lock; in the
studio's own process that would freeze the window. Imports nothing of ours, so it starts fast.

A message is four bytes of length (little-endian), a JSON header, and for requests the grey
picture's bytes. Request: ``{"height", "width", "boxes"}``, boxes null to detect. Reply:
``{"faces": [[left, top, right, bottom, score], ...]}`` or ``{"points": [[[x, y], ...], ...]}``.
"""

from __future__ import annotations

import json
import struct
import sys
from typing import IO, Any


def send(stream: IO[bytes], header: dict[str, Any], body: bytes = b"") -> None:
    """Write one message."""
    text = json.dumps(header).encode()
    stream.write(struct.pack("<I", len(text)) + text + body)
    stream.flush()


def receive(stream: IO[bytes]) -> dict[str, Any] | None:
    """Read one message's header; None at the end of the stream."""
    length = stream.read(4)
    if len(length) < 4:
        return None
    header: dict[str, Any] = json.loads(stream.read(struct.unpack("<I", length)[0]))
    return header


def main(model: str) -> None:
    """Load dlib, say so, and answer until the input ends."""
    import dlib
    import numpy as np

    requests, replies = sys.stdin.buffer, sys.stdout.buffer
    predictor: Any = None
    detector, trouble = dlib.get_frontal_face_detector(), ""
    if model:
        try:
            predictor = dlib.shape_predictor(model)
            blank = np.zeros((64, 64), np.uint8)
            parts = predictor(blank, dlib.rectangle(8, 8, 56, 56)).num_parts
            trouble = "" if parts == 68 else f"it has {parts} points, not 68"
        except (RuntimeError, MemoryError, ValueError) as error:
            trouble = str(error) or "unreadable"
    send(replies, {"ready": True, "trouble": trouble})
    while (request := receive(requests)) is not None:
        height, width = request["height"], request["width"]
        gray = np.frombuffer(requests.read(height * width), np.uint8).reshape(height, width)
        if request["boxes"] is None:
            found, scores, _ = detector.run(gray, 0, 0.0)
            faces = [
                [r.left(), r.top(), r.right(), r.bottom(), float(score)]
                for r, score in zip(found, scores, strict=True)
            ]
            send(replies, {"faces": faces})
            continue
        shapes = [predictor(gray, dlib.rectangle(*box)) for box in request["boxes"]]
        points = [[[s.part(i).x, s.part(i).y] for i in range(68)] for s in shapes]
        send(replies, {"points": points})


if __name__ == "__main__":
    main(sys.argv[1])
