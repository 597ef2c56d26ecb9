"""The control rig in the inspector: sliders of the seven parts, and their drive by the video."""
