"""The whole loop without a window: video in; landmarks, events, curves, a head and files out."""
