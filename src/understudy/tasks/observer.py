"""The events that metrics count."""

from __future__ import annotations

from typing import Protocol


class Observer(Protocol):
    """Counts; every method returns at once."""

    def waited(self, seconds: float) -> None:
        """A task waited in the queue for so long before it was claimed."""

    def staged(self, stage: str, seconds: float) -> None:
        """A take spent so long in a stage."""

    def ended(self, outcome: str) -> None:
        """An attempt ended: succeeded, refused, retried, failed, lease_lost or put_back."""

    def called_back(self, outcome: str) -> None:
        """A callback was tried: `delivered`, `postponed` or `abandoned`."""


class Unobserved:
    """Counts nothing."""

    def waited(self, seconds: float) -> None:
        """Count nothing."""

    def staged(self, stage: str, seconds: float) -> None:
        """Count nothing."""

    def ended(self, outcome: str) -> None:
        """Count nothing."""

    def called_back(self, outcome: str) -> None:
        """Count nothing."""
