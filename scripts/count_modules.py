"""Counts modules, lines, constants, long functions and imports of `src/understudy` of a checkout.

    .venv/bin/python scripts/count_modules.py [CHECKOUT]

docs/architecture/00-overview.md shows the counts before and after packages were moved.
"""

from __future__ import annotations

import ast
import sys
from collections import Counter
from collections.abc import Collection
from pathlib import Path

LONGEST_FUNCTION = 60  # lines


def main() -> None:
    """Print the counts."""
    checkout = Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).resolve().parents[1]
    package = checkout / "src" / "understudy"
    modules = {_name(path, package): path for path in sorted(package.rglob("*.py"))}
    trees = {name: ast.parse(path.read_text()) for name, path in modules.items()}
    folders = Counter(path.parent for path in modules.values() if path.name != "__init__.py")
    imports = {
        (name, other)
        for name, tree in trees.items()
        for other in _imported(tree, modules.keys())
        if other != name
    }
    arrows = {(_top(one), _top(other)) for one, other in imports}
    lines = sum(len(path.read_text().splitlines()) for path in modules.values())
    print(f"modules {len(modules)}, lines {lines}")
    print(f"modules in the largest folder {max(folders.values())}")
    print(f"module-level constants {sum(_constants(tree) for tree in trees.values())}")
    print(f"functions over {LONGEST_FUNCTION} lines {sum(_long(tree) for tree in trees.values())}")
    print(f"imports between modules {len(imports)}")
    between = sum(one != other and "" not in (one, other) for one, other in arrows)
    print(f"arrows between top-level packages and modules {between}")


def _name(path: Path, package: Path) -> str:
    parts = (package.name, *path.relative_to(package).with_suffix("").parts)
    return ".".join(part for part in parts if part != "__init__")


def _top(module: str) -> str:
    return (*module.split("."), "")[1]


def _imported(tree: ast.Module, modules: Collection[str]) -> set[str]:
    """The modules that a module imports, also inside functions."""
    found = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            for alias in node.names:
                whole = f"{node.module}.{alias.name}"
                found.add(whole if whole in modules else node.module)
    return {name for name in found if name in modules}


def _constants(tree: ast.Module) -> int:
    """Names in capitals that the module itself binds."""
    targets: list[ast.expr] = []
    for node in tree.body:
        if isinstance(node, ast.Assign):
            targets += node.targets
        elif isinstance(node, ast.AnnAssign) and node.value is not None:
            targets.append(node.target)
    names = [name for target in targets for name in ast.walk(target) if isinstance(name, ast.Name)]
    return sum(name.id.lstrip("_").isupper() for name in names)


def _long(tree: ast.Module) -> int:
    return sum(
        (node.end_lineno or node.lineno) - node.lineno >= LONGEST_FUNCTION
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    )


if __name__ == "__main__":
    main()
