"""The studio page: built from `studio/` at the top of the tree into `static/`, served as it is."""

from understudy.studio.routes import routes

__all__ = ["routes"]
