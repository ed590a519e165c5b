"""What came of hostile cases of one kind."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(slots=True)
class Outcome:
    """Cases of one kind: how many were tried, and what fell short, a few words each.

    note: measured figures, for the table.
    """

    kind: str
    tried: int = 0
    short: list[str] = field(default_factory=list)
    note: str = ""

    def count(self, problem: str | None) -> None:
        """Note one case; problem: how it fell short."""
        self.tried += 1
        if problem is not None:
            self.short.append(problem)

    @property
    def held(self) -> int:
        return self.tried - len(self.short)


def as_table(outcomes: list[Outcome]) -> str:
    """The outcomes as a Markdown table."""
    lines = ["| tried | cases | held | short | |", "|---|---|---|---|---|"]
    lines += [
        f"| {each.kind} | {each.tried} | {each.held} | {len(each.short)} | {each.note} |"
        for each in outcomes
    ]
    return "\n".join(lines)
