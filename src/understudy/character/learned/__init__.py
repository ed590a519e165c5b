"""Learned models that casting asks, as far as their weights are on this machine."""

from understudy.character.learned.models import LearnedModels, learned_version

__all__ = ["LearnedModels", "learned_version"]
