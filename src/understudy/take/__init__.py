"""The take: one run from a picture and a clip to a video.

`options` what is requested, and from which files · `open` the files · `casting/` the character ·
`driver` who is followed · `plan` what will be made · `rendering` frames into `outputs`,
`shared_rendering` by several workers, on `backgrounds` · `run` all of it in order · `report` how it
went, with what `result_judging` says · `progress`, `stage_times` on the way.
`inspect` the way up to the plan · `findings` what it finds · `outlines` shapes for a thumbnail
"""
