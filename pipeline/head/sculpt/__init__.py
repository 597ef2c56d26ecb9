"""The neutral head as geometry and colour: what the parameters are made into."""
