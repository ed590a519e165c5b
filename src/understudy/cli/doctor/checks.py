"""Checks of what a take needs on this machine."""

from __future__ import annotations

import os
import platform
import shutil
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from importlib import import_module, metadata
from pathlib import Path
from typing import Literal

from understudy.cores import usable_cores
from understudy.errors import EngineUnavailable

State = Literal["ok", "note", "missing"]

_GIB = 1 << 30
_COMFORTABLE_CORES = 2
_NEEDED_MEMORY = 1 * _GIB
_NEEDED_SPACE = 1 * _GIB
_OPENCVS = (
    "opencv-contrib-python",
    "opencv-contrib-python-headless",
    "opencv-python",
    "opencv-python-headless",
)


@dataclass(frozen=True, slots=True)
class Finding:
    """The result of a check.

    subject: what was looked at. state: `missing` means that no take can be made here, `note` that
    it works with a drawback. detail: what was found. remedy: how to get what is missing.
    """

    subject: str
    state: State
    detail: str
    remedy: str = ""


def check_python() -> Finding:
    """The interpreter's version and the machine's kind."""
    detail = f"{platform.python_version()} on {platform.system()} {platform.machine()}"
    return Finding("Python", "ok", detail)


def check_cores() -> Finding:
    """How many processor cores this process may use."""
    cores = usable_cores()
    if cores < _COMFORTABLE_CORES:
        return Finding("cores", "note", f"{cores}: takes run about twice as long as on two")
    return Finding("cores", "ok", str(cores))


def check_memory(total: int | None = None) -> Finding:
    """The machine's memory in bytes (`total` stands in for it)."""
    if total is None:
        total = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    detail = f"{total / _GIB:.1f} GiB"
    if total < 2 * _NEEDED_MEMORY:
        return Finding("memory", "note", f"{detail}; a take uses up to 1 GiB")
    return Finding("memory", "ok", detail)


def check_opencv() -> Finding:
    """OpenCV can be loaded, and only one of its packages is installed."""
    versions = {name: version for name in _OPENCVS if (version := _version(name))}
    try:
        loaded = import_module("cv2").__version__
    except ImportError as fault:
        return Finding("OpenCV", "missing", _one_line(fault), opencv_remedy(versions))
    if len(versions) > 1:
        return Finding(
            "OpenCV",
            "note",
            f"{loaded}, but several packages overwrite each other: {', '.join(versions)}",
            f"pip uninstall -y {' '.join(versions)}; pip install opencv-python-headless",
        )
    return Finding("OpenCV", "ok", f"{loaded} ({next(iter(versions), 'not installed by pip')})")


def opencv_remedy(versions: Mapping[str, str]) -> str:
    """What makes an OpenCV that does not load work; `versions` of its installed packages."""
    if not versions:
        return "pip install opencv-python-headless"
    windowed = next((name for name in versions if not name.endswith("headless")), None)
    if windowed is None:
        name, version = next(iter(versions.items()))
        return f"pip install --force-reinstall --no-deps {name}=={version}"
    # MediaPipe asks for the OpenCV with windows, which loads OpenGL and X libraries; the headless
    # one does the same work without them.
    swap = (
        f"pip uninstall -y {' '.join(versions)}"
        f" && pip install --no-deps opencv-python-headless=={versions[windowed]}"
    )
    return f"{swap}   (or, on Debian: apt install libgl1 libglib2.0-0)"


def check_video() -> Finding:
    """PyAV can be loaded and has the decoders and encoders that a take needs."""
    try:
        av = import_module("av")
        codec = import_module("av.codec")
    except ImportError as fault:
        return Finding("video", "missing", _one_line(fault), "pip install --force-reinstall av")
    lacking = []
    for name, mode in (("libx264", "w"), ("aac", "w"), ("h264", "r"), ("hevc", "r")):
        try:
            codec.Codec(name, mode)
        except ValueError:
            lacking.append(name)
    if lacking:
        return Finding(
            "video",
            "missing",
            f"PyAV {av.__version__} without {', '.join(lacking)}",
            "pip install --force-reinstall --no-cache-dir av   (its own wheel has them)",
        )
    return Finding("video", "ok", f"PyAV {av.__version__}, H.264 by libx264, AAC")


def check_tracker() -> Finding:
    """The tracker starts and answers."""
    version = _version("mediapipe")
    if version is None:
        return Finding("tracker", "missing", "MediaPipe is not installed", "pip install mediapipe")
    try:
        np = import_module("numpy")
        trackers = import_module("understudy.tracking.trackers")
        trackers.track_picture(np.zeros((64, 64, 3), np.uint8))
    except Exception as fault:  # whatever stops the tracker is the finding
        return Finding(
            "tracker",
            "missing",
            f"MediaPipe {version} does not respond: {_one_line(fault)}",
            "pip install --force-reinstall --no-deps mediapipe==0.10.21",
        )
    return Finding("tracker", "ok", f"MediaPipe {version}")


def check_kernels() -> Finding:
    """Compiled kernels can be kept between runs."""
    try:
        numba = import_module("numba")
    except ImportError as fault:
        return Finding(
            "kernels", "missing", _one_line(fault), "pip install --force-reinstall numba"
        )
    beside = Path(__file__).resolve().parents[2] / "engines" / "puppet"
    where = Path(os.environ.get("NUMBA_CACHE_DIR") or beside)
    kept = any(where.rglob("*.nbi")) if where.is_dir() else False
    if kept:
        return Finding("kernels", "ok", f"numba {numba.__version__}, compiled")
    return Finding(
        "kernels",
        "note",
        f"numba {numba.__version__}, not compiled yet: the first take needs an extra minute",
        "understudy doctor --warm",
    )


_CERTIFICATE_SOON = timedelta(days=30)
_SIGNING_REMEDY = (
    "put UNDERSTUDY_SIGNING_CERTIFICATES and UNDERSTUDY_SIGNING_KEY right, or unset both"
)
# What an operator adds so that the service offers an engine; prices are theirs to set.
_SERVING = 'to serve it, add to understudy.toml under [models."generated"]:'


def check_engines() -> Finding:
    """At least one engine can run."""
    engines = import_module("understudy.engines")
    words: list[str] = []
    generating: list[str] = []
    usable = False
    for name in engines.engine_names():
        try:
            engine = engines.load_engine(name)
        except EngineUnavailable as reason:
            words.append(f"{name} cannot run: {reason}")
        else:
            words.append(name)
            usable = True
            if engine.info.whole_prompt:
                generating.append(name)
    if not usable:
        detail = "; ".join(words) or "none is installed"
        return Finding("engines", "missing", detail, "pip install --force-reinstall understudy")
    lines = [f'engine = "{name}", std = 2.0, pro = 3.0' for name in generating]
    remedy = f"{_SERVING} {' or '.join(lines)}" if lines else ""
    return Finding("engines", "ok", "; ".join(words), remedy)


def check_space() -> Finding:
    """There is room for temporary files."""
    folder = tempfile.gettempdir()
    free = shutil.disk_usage(folder).free
    detail = f"{free / _GIB:.1f} GiB free in {folder}"
    if free < _NEEDED_SPACE:
        return Finding("space", "note", detail, "set TMPDIR to a folder with more room")
    return Finding("space", "ok", detail)


def check_cache() -> Finding:
    """Where the results of tracking are kept for the next take, and how much that is."""
    folder = import_module("understudy.cache").user_cache().folder
    size = sum(path.stat().st_size for path in folder.glob("*")) if folder.is_dir() else 0
    return Finding("cache", "ok", f"{size / (1 << 20):.0f} MiB in {folder}")


def check_weights() -> Finding:
    """Which model weights are missing, and what a take loses by it."""
    weights = import_module("understudy.weights")
    wanted = [weight for weight in weights.CATALOGUE if weight.by_default]
    missing = [weight for weight in wanted if weights.find(weight) is None]
    folder = weights.weights_folder()
    if not missing:
        return Finding("weights", "ok", f"all {len(wanted)} in {folder}")
    lost = "".join(f"\n{'':18}without {weight.name}: {weight.lost}" for weight in missing)
    detail = f"{len(wanted) - len(missing)} of {len(wanted)} in {folder}{lost}"
    return Finding("weights", "note", detail, "understudy doctor --fetch")


def check_signing(now: datetime | None = None) -> Finding:
    """Whether results are signed as AI-generated (Content Credentials), and for how long yet.

    now: stands in for the time.
    """
    subject = "signing"
    credentials = import_module("understudy.media.output.content_credentials")
    try:
        identity = credentials.configured_identity()
        if identity is None:
            detail = "results are marked as AI-generated but not signed: no certificate is set"
            library = "" if credentials.is_available() else f"; {credentials.LIBRARY_MISSING}"
            return Finding(subject, "ok", f"{detail}{library}")
        expires = credentials.first_expiry(identity)
    except credentials.CannotSign as fault:
        return Finding(subject, "missing", f"no take can be made: {fault}", _SIGNING_REMEDY)
    left = expires - (now or datetime.now(UTC))
    detail = f"Content Credentials, by a certificate until {expires:%Y-%m-%d}"
    if left < timedelta(0):
        return Finding(subject, "note", f"{detail}: it has expired", "get a new certificate")
    if left < _CERTIFICATE_SOON:
        return Finding(
            subject, "note", f"{detail}: {left.days} days are left", "get a new certificate"
        )
    return Finding(subject, "ok", detail)


CHECKS: tuple[Callable[[], Finding], ...] = (
    check_python,
    check_cores,
    check_memory,
    check_space,
    check_cache,
    check_weights,
    check_opencv,
    check_video,
    check_tracker,
    check_kernels,
    check_engines,
    check_signing,
)


def _version(distribution: str) -> str | None:
    try:
        return metadata.version(distribution)
    except metadata.PackageNotFoundError:
        return None


def _one_line(fault: BaseException) -> str:
    return (str(fault).strip().splitlines() or [type(fault).__name__])[0]
