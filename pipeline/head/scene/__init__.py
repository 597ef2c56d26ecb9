"""The head drawn: camera, light, shader, scene, render thread, films."""
