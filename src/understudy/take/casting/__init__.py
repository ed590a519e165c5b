"""A take's character: cast, judged by its engine, shown, and corrected by hand.

`cast` a picture into a folder · `concurrent` in a thread beside the other stages · `judging` how
far the character may move · `character_finding` what was found in the picture · `adjusting` it by
hand · `preview` how it looks in test poses
"""
