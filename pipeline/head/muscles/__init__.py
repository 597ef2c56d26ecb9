"""What moves the head: muscles, jaw, lids, eyes, and the names they are called by."""
