from __future__ import annotations

from tests.character.drawn_figure import draw, striped_ground
from understudy.character import (
    alpha,
    colour,
    foreground,
    guided_filter,
    membrane,
    patch_kernels,
    ribbon,
)
from understudy.character.casting import cast
from understudy.character.warm_up import warm_up

KERNELS = (
    alpha._sample,
    colour._likeness,
    foreground._estimate,
    guided_filter._fit,
    membrane._relax,
    patch_kernels.peel,
    patch_kernels.search,
    patch_kernels.vote,
    ribbon._shortest_path,
)


def test_every_kernel_is_compiled_ahead_for_the_one_signature_that_it_is_called_with() -> None:
    warm_up()
    before = [list(kernel.signatures) for kernel in KERNELS]
    assert [len(signatures) for signatures in before] == [1] * len(KERNELS)
    for drawn in (draw(), draw(ground=striped_ground((360, 520)))):
        cast(drawn.opened(), drawn.design.size, track=drawn.track)
    assert [list(kernel.signatures) for kernel in KERNELS] == before
