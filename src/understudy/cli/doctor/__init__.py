"""`understudy doctor`: checks of this machine, warming up and trial takes."""

from understudy.cli.doctor.command import doctor

__all__ = ["doctor"]
