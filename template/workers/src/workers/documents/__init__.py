"""From an uploaded file to passages: read, then split."""
