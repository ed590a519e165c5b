"""Animate-2's attention, one frame of queries at a time.

In a denoising step every token of the generated video attends to all generated tokens and to the
driving video's tokens of the same frame (latent frame 0 is the picture and has none). diffusers
writes that as a block mask for flex attention, which must be compiled: on a GPU that takes a
compiler and up to a minute, and without one it takes the whole score matrix. Frame by frame the
same sum is a plain dense attention, which every card and the CPU have a fast kernel for, and the
rotary embedding's float64 products never exist for more than one frame.

`HostCache` keeps the driving video's keys and values in pinned host memory and brings the next
layer's while one computes, so that a card needs room for two layers' instead of forty.
"""

from __future__ import annotations

from typing import Any

import torch
from torch.nn import functional

Pair = tuple[Any, Any]


class FrameAttention:
    """The self-attention processor of one `WanAnimate2TransformerBlock`.

    cache: where this layer's driving keys and values stay between the passes of a segment; the
    pipeline's own cache, on the card, where it is None.
    """

    # What diffusers sets on processors when a backend is chosen.
    _attention_backend = None
    _parallel_config = None

    def __init__(self, layer: int, cache: HostCache | None) -> None:
        self.layer = layer
        self.cache = cache

    def __call__(  # noqa: PLR0913 - diffusers' interface
        self,
        attn: Any,
        hidden_states: Any,
        rotary_emb: Any,
        grid_sizes: Any,
        kv_cache: Any,
        kv_cache_mode: str,
        rope_stride: int = 1,
        reference_rotary_emb: Any = None,
        reference_grid_sizes: Any = None,
        reference_rope_stride: int = 1,
        **_: Any,
    ) -> Any:
        """(1, tokens, channels) → the same; the arguments are those of diffusers' processor."""
        query = attn.norm_q(attn.to_q(hidden_states)).unflatten(2, (attn.heads, -1))
        key = attn.norm_k(attn.to_k(hidden_states)).unflatten(2, (attn.heads, -1))
        value = attn.to_v(hidden_states).unflatten(2, (attn.heads, -1))
        frames, height, width = grid_sizes[0].tolist()
        if kv_cache_mode == "extract":
            self._store(kv_cache, key, value)
        angles = _angles(rotary_emb, (frames, height, width), rope_stride)
        query, key = _rotated(query, angles), _rotated(key, angles)
        query, key, value = (x.transpose(1, 2) for x in (query, key, value))
        if kv_cache_mode == "extract":
            attended = functional.scaled_dot_product_attention(query, key, value)
        else:
            driving_key, driving_value = self._load(kv_cache)
            driving_angles = _angles(
                reference_rotary_emb, reference_grid_sizes[0].tolist(), reference_rope_stride
            )
            attended = _by_frame(
                query, key, value, driving_key, driving_value, driving_angles, height * width
            )
        attended = attended.transpose(1, 2).flatten(2, 3)
        return attn.to_out[1](attn.to_out[0](attended))

    def _store(self, kv_cache: Any, key: Any, value: Any) -> None:
        if self.cache is None:
            kv_cache.store(key, value)
        else:
            self.cache.store(self.layer, key, value)

    def _load(self, kv_cache: Any) -> Pair:
        pair: Pair = kv_cache.get() if self.cache is None else self.cache.load(self.layer)
        return pair


class HostCache:
    """Keys and values of all layers in host memory; the same memory serves every segment."""

    def __init__(self, layers: int, device: str) -> None:
        self._device = device
        self._stored: list[Pair | None] = [None] * layers
        self._coming: dict[int, tuple[Pair, Any]] = {}
        self._stream = torch.cuda.Stream() if device == "cuda" else None

    def store(self, layer: int, key: Any, value: Any) -> None:
        """Copy one layer's pair, (1, tokens, heads, channels of a head) each, to the host."""
        self._coming.clear()
        held = self._stored[layer]
        if held is None or held[0].shape != key.shape or held[0].dtype != key.dtype:
            held = (self._host_like(key), self._host_like(value))
            self._stored[layer] = held
        held[0].copy_(key, non_blocking=True)
        held[1].copy_(value, non_blocking=True)

    def load(self, layer: int) -> Pair:
        """One layer's pair on the device; the next layer's begins to travel."""
        coming = self._coming.get(layer)
        pair, arrived = self._send(layer) if coming is None else coming
        self._coming.clear()
        if arrived is not None:
            torch.cuda.current_stream().wait_event(arrived)
        following = (layer + 1) % len(self._stored)
        self._coming[following] = self._send(following)
        return pair

    def _host_like(self, tensor: Any) -> Any:
        return torch.empty(
            tensor.shape, dtype=tensor.dtype, device="cpu", pin_memory=self._stream is not None
        )

    def _send(self, layer: int) -> tuple[Pair, Any]:
        held = self._stored[layer]
        if held is None:
            raise RuntimeError("The driving video has not been read: no keys are stored.")
        if self._stream is None:
            return held, None
        current = torch.cuda.current_stream()
        self._stream.wait_stream(current)
        with torch.cuda.stream(self._stream):
            key, value = (tensor.to(self._device, non_blocking=True) for tensor in held)
        for tensor in (key, value):
            tensor.record_stream(current)
        return (key, value), self._stream.record_event()


def attend_by_frame(transformer: Any, device: str, *, on_host: bool) -> None:
    """Let a transformer attend frame by frame, its driving keys and values kept as said."""
    cache = HostCache(len(transformer.blocks), device) if on_host else None
    for layer, block in enumerate(transformer.blocks):
        block.self_attn.set_processor(FrameAttention(layer, cache))
    # Nothing reads the mask, and making one needs a compiler.
    transformer.create_mask = lambda *_: None
    transformer.block_masks.clear()


def _by_frame(  # noqa: PLR0913 - what attention takes, and where frames end
    query: Any,
    key: Any,
    value: Any,
    driving_key: Any,
    driving_value: Any,
    driving_angles: Any,
    frame: int,
) -> Any:
    """query, key, value: (1, heads, tokens, channels); driving ones: (1, tokens, heads, channels).

    frame: tokens of a frame.
    """
    tokens = key.shape[2]
    longer = (*key.shape[:2], tokens + frame, key.shape[3])
    keys, values = key.new_empty(longer), value.new_empty(longer)
    keys[:, :, :tokens], values[:, :, :tokens] = key, value
    attended = torch.empty_like(query)
    attended[:, :, :frame] = functional.scaled_dot_product_attention(
        query[:, :, :frame], key, value
    )
    for start in range(frame, tokens, frame):
        driving = slice(start - frame, start)
        rotated = _rotated(driving_key[:, driving], driving_angles[driving])
        keys[:, :, tokens:] = rotated.transpose(1, 2)
        values[:, :, tokens:] = driving_value[:, driving].transpose(1, 2)
        here = slice(start, start + frame)
        attended[:, :, here] = functional.scaled_dot_product_attention(
            query[:, :, here], keys, values
        )
    return attended


def _angles(table: Any, grid: tuple[int, int, int] | list[int], stride: int) -> Any:
    """Rotations of a grid's tokens: (tokens, 1, channels / 2), complex.

    table: (positions, channels / 2), the axes' tables side by side: time, height, width, of which
    height and width take a third of the channels each.
    """
    frames, height, width = grid
    third = table.shape[1] // 3
    time, rows, columns = table.split([table.shape[1] - 2 * third, third, third], dim=1)
    return torch.cat(
        [
            time[: frames * stride : stride].view(frames, 1, 1, -1).expand(-1, height, width, -1),
            rows[:height].view(1, height, 1, -1).expand(frames, -1, width, -1),
            columns[:width].view(1, 1, width, -1).expand(frames, height, -1, -1),
        ],
        dim=-1,
    ).reshape(frames * height * width, 1, -1)


# Tokens that are rotated at once: their products are in complex128, eight times their size.
_ROTATED_AT_ONCE = 2048


def _rotated(tokens: Any, angles: Any) -> Any:
    """Rotary embedding of (1, tokens, heads, channels), in its own type."""
    rotated = torch.empty_like(tokens)
    for start in range(0, tokens.shape[1], _ROTATED_AT_ONCE):
        here = slice(start, start + _ROTATED_AT_ONCE)
        pairs = torch.view_as_complex(tokens[:, here].double().unflatten(3, (-1, 2)).contiguous())
        rotated[:, here] = torch.view_as_real(pairs * angles[here]).flatten(3)
    return rotated
