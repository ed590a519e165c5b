"""Scene analysis: shots, camera motion, people, and the run a take is made from."""
