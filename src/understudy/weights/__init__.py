"""Model weights: the catalogue, the files on this machine, and sessions that run them.

Nothing here touches the network. `understudy.weights.fetching` does, and only the command line
imports it.
"""

from understudy.weights.catalogue import (
    BLAZEPOSE_HEAVY,
    CATALOGUE,
    ISNET,
    MOBILE_SAM,
    REALESR_ANIMEVIDEO,
    SPAN,
    U2NETP,
)
from understudy.weights.entry import Edition, Licence, Weight, WeightFile
from understudy.weights.folder import Fetched, check, find, named, weights_folder

__all__ = [
    "BLAZEPOSE_HEAVY",
    "CATALOGUE",
    "ISNET",
    "MOBILE_SAM",
    "REALESR_ANIMEVIDEO",
    "SPAN",
    "U2NETP",
    "Edition",
    "Fetched",
    "Licence",
    "Weight",
    "WeightFile",
    "check",
    "find",
    "named",
    "weights_folder",
]
