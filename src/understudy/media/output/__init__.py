"""What a take writes: video, sound, watermark, cover, comparison and provenance."""
