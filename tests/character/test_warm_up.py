from __future__ import annotations

from tests.character.drawn_figure import draw, striped_background
from understudy.character.cast import cast
from understudy.character.figure.unrecognized import energy_kernel, mask_fit
from understudy.character.image import colour, guided_filter
from understudy.character.inpaint import patch_kernels, poisson
from understudy.character.layers import limb_contour
from understudy.character.matte import foreground, soft_edge
from understudy.character.warm_up import warm_up

KERNELS = (
    soft_edge._sample,
    colour._likeness,
    foreground._estimate,
    guided_filter._fit,
    poisson._relax,
    patch_kernels.peel,
    patch_kernels.search,
    patch_kernels.vote,
    limb_contour._shortest_path,
    energy_kernel.energy,
    mask_fit.anneal,
)


def test_every_kernel_is_compiled_ahead_for_the_one_signature_that_it_is_called_with() -> None:
    warm_up()
    before = [list(kernel.signatures) for kernel in KERNELS]
    assert [len(signatures) for signatures in before] == [1] * len(KERNELS)
    for drawn in (draw(), draw(background=striped_background((360, 520)))):
        cast(drawn.opened(), drawn.design.size, track=drawn.track)
    assert [list(kernel.signatures) for kernel in KERNELS] == before
