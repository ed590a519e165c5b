"""The command line. Nothing heavy is imported until a command needs it."""

from __future__ import annotations

from understudy.cli.app import main

__all__ = ["main"]
