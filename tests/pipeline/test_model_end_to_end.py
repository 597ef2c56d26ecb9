"""From the pixels of a synthetic clip to its event, through the real face stages."""

import numpy as np

from pipeline import face
from pipeline.bench.in_memory import ClipSource
from pipeline.core.progress import run
from pipeline.face.key_weights import key_weights
from pipeline.model import ClipEvidence, load_predictor
from pipeline.model.scoring import au_ranking, match_events
from pipeline.synth import make_clip


def test_an_easy_event_of_muscle_fields_is_found_where_it_is():
    clip = make_clip(104, profile="easy", fields="muscle", fps=100)
    source = ClipSource(clip.frames, clip.fps)
    track = run(face.track_face(source))
    flow = run(face.canonical_flow(source, track))
    evidence = ClipEvidence(source.fps, source.times(), track, key_weights(track), flow)
    prediction = run(load_predictor().predict(evidence))
    assert len(match_events(prediction.events, clip.events)) == 1
    (event,), (true,) = prediction.events, clip.events
    # 100 fps: the bounds of 5, 3 and 6 frames at 200 fps, with a frame's rounding.
    assert abs(event.onset - true.onset) <= 3.5
    assert abs(event.apex - true.apex) <= 2.5
    assert abs(event.offset - true.offset) <= 4
    assert {label.au for label in event.aus} >= {label.au for label in true.aus}
    assert au_ranking(prediction.signals, clip.signals, true) >= 0.85
    assert np.nanargmax(prediction.motion) in range(true.apex - 4, true.apex + 5)
