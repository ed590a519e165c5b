"""The take: one run from a picture and a clip to a video.

`options` what is requested, and from which files · `open` the files · `concurrent_casting` the
character · `judging` how far it may move · `driver` who is followed · `plan` what will be made ·
`outputs` rendering into files · `run` all of it in order · `report` how it went · `progress`,
`stage_times` on the way.
`inspect` the way up to the plan · `findings` what it finds · `outlines` shapes for a thumbnail ·
`preview` what the character looks like in test poses
"""
