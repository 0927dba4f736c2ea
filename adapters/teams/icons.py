"""The app's two icons, drawn here so that no picture file needs a licence: two speech bubbles that overlap."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Callable

Pixel = tuple[int, int, int, int]
_BACK: Pixel = (28, 78, 92, 255)
_FRONT: Pixel = (246, 242, 232, 255)
_SECOND: Pixel = (242, 169, 94, 255)
_WHITE: Pixel = (255, 255, 255, 255)
_CLEAR: Pixel = (255, 255, 255, 0)
ACCENT = "#1C4E5C"


def color_icon() -> bytes:
    """192 × 192, full colour."""

    def paint(x: float, y: float) -> Pixel:
        if _bubble(x, y, 0.40, 0.40, 0.24):
            return _FRONT
        return _SECOND if _bubble(x, y, 0.60, 0.58, 0.24) else _BACK

    return _png(192, paint)


def outline_icon() -> bytes:
    """32 × 32, white lines on nothing, as Teams asks for."""

    def paint(x: float, y: float) -> Pixel:
        front = _bubble(x, y, 0.38, 0.38, 0.30)
        if front:
            return _CLEAR if _bubble(x, y, 0.38, 0.38, 0.22) else _WHITE
        back = _bubble(x, y, 0.64, 0.62, 0.30) and not _bubble(x, y, 0.64, 0.62, 0.22)
        return _WHITE if back else _CLEAR

    return _png(32, paint)


def _bubble(x: float, y: float, cx: float, cy: float, radius: float) -> bool:
    """A disc with a tail to the lower left; coordinates run from 0 to 1."""
    round_part = (x - cx) ** 2 + (y - cy) ** 2 <= radius**2
    dx, dy = x - (cx - radius), y - (cy + radius)
    return round_part or (0 <= dx <= radius and -radius <= dy <= 0 and dx <= -dy)


def _png(size: int, paint: Callable[[float, float], Pixel]) -> bytes:
    rows = (
        b"\0" + b"".join(bytes(paint((x + 0.5) / size, (y + 0.5) / size)) for x in range(size)) for y in range(size)
    )
    header = struct.pack(">IIBBBBB", size, size, 8, 6, 0, 0, 0)
    chunks = ((b"IHDR", header), (b"IDAT", zlib.compress(b"".join(rows), 9)), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body)) for kind, body in chunks
    )
