"""The flat cartoon: a skater in a college jacket before a desert sunset."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from .desert import HEIGHT, WIDTH, desert
from .vector import Canvas, at, ellipse, mirror, smooth, stroke

_SKIN, _SKIN_DARK, _BLUSH = "#c9804f", "#a8623a", "#d9694f"
_HAIR, _HAIR_LIGHT = "#2a1a4a", "#46307a"
_TEAL, _TEAL_DARK = "#17a398", "#0f7f7c"
_CREAM, _CREAM_DARK = "#fff2d8", "#ecd2ac"
_NAVY, _NAVY_DARK = "#2b356b", "#1f2650"
_RED, _RED_DARK, _YELLOW = "#ff4d57", "#d43349", "#ffc93c"
_WHITE = "#fffaf0"


def _legs(c: Canvas) -> None:
    """Trousers and shoes."""
    left = smooth(
        at(
            "384,640 366,700 356,800 352,900 350,985 350,985 418,988 418,988 422,900 "
            "428,800 436,720 436,640"
        )
    )
    for flip in (False, True):
        leg = mirror(left, 436) if flip else left
        whole = c.fill(leg, _NAVY)
        inner = at("436,640 436,730 428,800 418,900 414,990 394,990 402,900 408,800 412,720")
        outer = at("540,640 512,640 508,740 500,860 496,990 540,990")
        c.fill(smooth(outer) if flip else smooth(inner), _NAVY_DARK, whole)
        for y, x0, x1 in ((806, 368, 398), (818, 372, 408), (930, 358, 384)):
            fold = stroke([(x0, y), ((x0 + x1) / 2, y + 7), (x1, y + 3)], [1.5, 5, 1.5])
            c.fill(mirror(fold, 436) if flip else fold, _NAVY_DARK, whole)
        cuff = at("348,966 420,968 419,990 348,988")
        c.fill(mirror(cuff, 436) if flip else cuff, "#3c488a")
        shoe = smooth(
            at(
                "352,986 346,1004 326,1030 318,1052 322,1068 370,1072 410,1070 420,1060 "
                "418,1020 416,986 416,986"
            )
        )
        body = c.fill(mirror(shoe, 436) if flip else shoe, _RED)
        toe = smooth(at("312,1074 312,1036 340,1026 362,1042 366,1074"))
        c.fill(mirror(toe, 436) if flip else toe, _WHITE, body)
        dark = at("404,980 430,980 430,1080 398,1080")
        c.fill(mirror(dark, 436) if flip else dark, _RED_DARK, body)
        for k in range(3):
            lace = stroke(
                [(352 + 3 * k, 1030 - 13 * k), (370 + 2 * k, 1034 - 13 * k), (388, 1028 - 12 * k)],
                [5, 6, 5],
            )
            c.fill(mirror(lace, 436) if flip else lace, _WHITE)
        sole = smooth(
            at(
                "314,1056 312,1074 318,1082 370,1084 416,1082 424,1076 424,1056 "
                "424,1056 370,1068 330,1066 314,1056"
            )
        )
        under = c.fill(mirror(sole, 436) if flip else sole, _WHITE)
        line = stroke(at("308,1075 370,1077 430,1075"), [4, 4, 4])
        c.fill(mirror(line, 436) if flip else line, _YELLOW, under)


def _torso(c: Canvas) -> None:
    neck = smooth(at("408,296 408,350 396,372 436,396 476,372 464,350 464,296"))
    throat = c.fill(neck, _SKIN)
    c.fill(smooth(at("396,300 402,334 436,352 468,334 476,300")), _SKIN_DARK, throat)
    shirt = smooth(at("392,366 436,398 480,366 486,500 480,640 392,640 386,500"))
    white = c.fill(shirt, _WHITE)
    for k, colour in enumerate((_RED, _YELLOW, _TEAL)):
        c.fill(
            [(370, 470 + 22 * k), (500, 470 + 22 * k), (500, 482 + 22 * k), (370, 482 + 22 * k)],
            colour,
            white,
        )
    c.fill(smooth(at("384,360 436,412 488,360 488,384 436,424 384,384")), "#e5d6bd", white)
    side = smooth(
        at(
            "394,350 366,362 338,378 334,420 346,480 352,560 350,648 350,648 404,650 "
            "404,650 402,560 400,470 408,410 404,372"
        )
    )
    for flip in (False, True):
        jacket = c.fill(mirror(side, 436) if flip else side, _TEAL)
        shade = at("338,370 356,372 366,470 370,560 366,650 340,650")
        if flip:
            c.fill(
                smooth(mirror(at("338,370 372,372 378,470 384,560 380,660 330,660"), 436)),
                _TEAL_DARK,
                jacket,
            )
        else:
            c.fill(smooth(shade), _TEAL_DARK, jacket, 0.55)
        band = smooth(
            at("346,640 346,640 406,642 406,642 406,668 406,668 350,666 350,666"), steps=6
        )
        rib = c.fill(mirror(band, 436) if flip else band, _NAVY)
        for y in (648, 657):
            stripe = [(330, y), (420, y + 1), (420, y + 4), (330, y + 3)]
            c.fill(mirror(stripe, 436) if flip else stripe, _YELLOW, rib)
        for y in (452, 506, 560, 614):
            c.fill(ellipse(472 if flip else 400 - 0, y, 4.5, 4.5), _YELLOW)
        pocket = stroke(at("362,600 384,566"), [6, 6])
        c.fill(mirror(pocket, 436) if flip else pocket, _CREAM)
        collar = smooth(at("396,338 384,358 394,400 408,436 414,430 408,390 410,356 404,336"))
        edge = c.fill(mirror(collar, 436) if flip else collar, _NAVY)
        trim = stroke(at("394,340 390,366 400,404 411,436"), [4, 4, 4, 4])
        c.fill(mirror(trim, 436) if flip else trim, _YELLOW, edge)
    # A letter on the chest.
    for part in (at("492,462 492,508"), at("476,462 508,462"), at("476,508 508,508")):
        c.fill(stroke(part, [11, 11]), _CREAM)


def _hand(c: Canvas, flip: bool) -> None:
    """A hand hanging at ease, seen from its thumb's side."""

    def put(
        points: NDArray[np.float64], colour: str, within: NDArray[np.uint8] | None = None
    ) -> NDArray[np.uint8]:
        return c.fill(mirror(points, 436) if flip else points, colour, within)

    fingers = (
        ("268,676 256,706 252,736", (16, 15, 11)),
        ("279,682 273,716 271,752", (17, 16, 11.5)),
        ("292,684 292,720 293,756", (17, 16, 11.5)),
        ("304,680 310,712 314,744", (16, 15, 11)),
    )
    for line, widths in fingers:
        finger = stroke(at(line), widths)
        put(finger + (1.6, 1.2), _SKIN_DARK)
        put(finger, _SKIN)
    put(smooth(at("269,630 261,660 260,684 276,692 300,692 314,684 312,660 305,630")), _SKIN)
    for line in ("281,688 282,700", "294,690 294,701"):
        put(stroke(at(line), [2.2, 1.4]), _SKIN_DARK)
    thumb = stroke(at("302,646 322,668 327,700"), [21, 18, 12])
    put(thumb + (-1.8, 1.6), _SKIN_DARK)
    put(thumb, _SKIN)


def _arms(c: Canvas) -> None:
    for flip in (False, True):
        _hand(c, flip)

        def put(
            points: NDArray[np.float64],
            colour: str,
            within: NDArray[np.uint8] | None = None,
            flip: bool = flip,
        ) -> NDArray[np.uint8]:
            return c.fill(mirror(points, 436) if flip else points, colour, within)

        sleeve = stroke(at("358,390 326,470 306,540 292,618"), [56, 60, 54, 44])
        whole = put(sleeve, _CREAM)
        inside = stroke(at("384,400 350,480 328,548 314,622"), [34, 34, 30, 26])
        put(inside, _CREAM_DARK, whole)
        for points in (
            at("300,520 318,530 334,524"),
            at("296,536 312,544 326,540"),
            at("338,420 352,434 366,430"),
        ):
            put(stroke(points, [1.5, 5, 1.5]), _CREAM_DARK, whole)
        cuff = smooth(
            at("269,604 269,604 318,610 318,610 311,648 311,648 266,642 266,642"), steps=6
        )
        rib = put(cuff, _NAVY)
        put(stroke(at("262,616 318,622"), [4.5, 4.5]), _YELLOW, rib)
        put(stroke(at("262,627 318,633"), [4.5, 4.5]), _YELLOW, rib)
        seam = stroke(at("340,366 352,392 386,424"), [4, 4, 4])
        put(seam, _CREAM_DARK, whole)


def _head(c: Canvas) -> None:
    x = 436.0
    back = smooth(
        at(
            "436,96 358,116 314,184 308,262 320,318 358,334 436,318 514,334 552,318 "
            "564,262 558,184 514,116"
        )
    )
    c.fill(back, _HAIR)
    for flip in (False, True):
        ear = ellipse(x - 86, 234, 15, 22, -8)
        c.fill(mirror(ear, x) if flip else ear, _SKIN_DARK if flip else _SKIN)
        ring = ellipse(x - 90, 262, 7, 7)
        c.fill(mirror(ring, x) if flip else ring, _YELLOW)
    face = smooth(
        at(
            "436,128 374,144 350,200 354,258 378,302 414,328 436,332 458,328 494,302 "
            "518,258 522,200 498,144"
        )
    )
    skin = c.fill(face, _SKIN)
    c.fill(
        smooth(at("532,150 496,180 502,240 484,296 444,336 496,330 546,260")),
        _SKIN_DARK,
        skin,
        0.55,
    )
    c.fill(smooth(at("336,120 352,204 396,196 466,180 526,214 536,120")), _SKIN_DARK, skin, 0.75)
    for dx in (-50, 50):
        c.fill(ellipse(x + dx, 268, 19, 12), _BLUSH, skin, 0.55)
    for flip in (False, True):

        def put(
            points: NDArray[np.float64],
            colour: str,
            within: NDArray[np.uint8] | None = None,
            flip: bool = flip,
        ) -> NDArray[np.uint8]:
            return c.fill(mirror(points, x) if flip else points, colour, within)

        white = put(
            smooth(at("375,234 386,219 400,215 414,222 421,236 410,248 396,251 384,246")), _WHITE
        )
        put(ellipse(x - 37, 234, 14.5, 16.5), "#5a3420", white)
        put(ellipse(x - 37, 238, 10, 10), "#8a5630", white)
        put(ellipse(x - 37, 234, 7.2, 8.4), "#1c0f18", white)
        put(smooth(at("366,206 400,204 430,212 424,226 400,221 372,228")), "#d9c3ab", white)
        put(stroke(at("369,231 382,219 399,213 415,219 423,233"), [3, 6.5, 7.5, 6.5, 2.5]), _HAIR)
        put(stroke(at("374,225 364,217"), [5, 1.5]), _HAIR)
        put(stroke(at("384,249 398,253 411,249"), [1.2, 2.4, 1.2]), _SKIN_DARK)
        put(stroke(at("370,200 390,188 418,194"), [4, 10, 7]), _HAIR)
    for dx in (-42, 32):
        c.fill(ellipse(x + dx, 228, 4.6, 4.6), _WHITE)
    c.fill(
        smooth(at("434,222 446,250 453,268 445,277 432,277 422,274 423,268 432,262")),
        _SKIN_DARK,
        skin,
        0.75,
    )
    c.fill(stroke(at("424,275 437,279 449,275"), [2, 3.5, 2]), "#8a4a2c")
    lips = smooth(
        at("405,293 424,289 436,292 448,289 467,293 467,293 453,309 436,314 419,309 405,293")
    )
    mouth = c.fill(lips, "#b23a48")
    inside = c.fill(
        smooth(at("409,294 409,294 436,297 463,294 463,294 450,305 436,308 422,305")),
        "#6a1830",
        mouth,
    )
    c.fill(at("412,290 460,290 456,300 436,302 416,300"), _WHITE, inside)
    # The fringe, parted on one side, over the forehead.
    fringe = smooth(
        at(
            "466,104 392,108 344,150 324,214 340,262 346,250 352,214 372,196 416,188 "
            "464,158 476,140 476,140 498,168 520,204 528,252 534,262 550,214 532,150 "
            "500,112"
        )
    )
    hair = c.fill(fringe, _HAIR)
    for points in (
        at("348,176 376,142 426,124"),
        at("364,184 396,158 442,140"),
        at("494,136 520,164 534,200"),
    ):
        c.fill(stroke(points, [1.5, 7, 1.5]), _HAIR_LIGHT, hair)
    for a, b in (((x - 112, 200), (x - 118, 290)), ((x + 114, 210), (x + 119, 280))):
        c.fill(
            stroke([a, ((a[0] + b[0]) / 2 - 3, (a[1] + b[1]) / 2), b], [1.5, 6, 1.5]), _HAIR_LIGHT
        )
    clip = stroke(at("494,150 520,166"), [10, 10])
    c.fill(clip, _YELLOW)
    c.fill(stroke(at("498,164 524,180"), [8, 8]), _RED)


def cartoon() -> NDArray[np.uint8]:
    """(HEIGHT, WIDTH, 3) RGB."""
    c = Canvas(WIDTH, HEIGHT, "#ffba8d")
    desert(c)
    _legs(c)
    _torso(c)
    _arms(c)
    _head(c)
    return c.picture()
