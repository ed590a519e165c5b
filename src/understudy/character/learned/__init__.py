"""Learned models that casting uses if their weights are on this machine."""

from understudy.character.learned.models import LearnedModels, learned_version

__all__ = ["LearnedModels", "learned_version"]
