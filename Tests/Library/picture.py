"""What Scripts/check-library needs besides the command and the compiler, with nothing but Python.

picture.py draw PICTURE.png PICTURE.ppm     one picture in two formats
picture.py tokens SHARD.safetensors OUT     the tokens of a shard as raw bytes
"""

import json
import math
import struct
import sys
import zlib
from pathlib import Path

WIDTH, HEIGHT = 203, 149


def sample(x: int, y: int, channel: int) -> int:
    """Soft waves, a disc with an edge, and a little texture."""
    wave = math.sin(x / (19 + 5 * channel)) + math.cos(y / 23 + channel)
    disc = 60 if (x - 90) ** 2 + (y - 70) ** 2 < 40**2 else 0
    return int(100 + 40 * wave + disc + (x * 7 + y * 13) % 11)


def chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def draw(png: Path, ppm: Path):
    rows = [bytes(sample(x, y, channel) for x in range(WIDTH) for channel in range(3)) for y in range(HEIGHT)]
    ppm.write_bytes(b"P6 %d %d 255\n" % (WIDTH, HEIGHT) + b"".join(rows))
    png.write_bytes(
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", struct.pack(">IIBBBBB", WIDTH, HEIGHT, 8, 2, 0, 0, 0))
        + chunk(b"IDAT", zlib.compress(b"".join(b"\0" + row for row in rows)))
        + chunk(b"IEND", b"")
    )


def tokens(shard: Path, out: Path):
    data = shard.read_bytes()
    (length,) = struct.unpack("<Q", data[:8])
    entry = json.loads(data[8 : 8 + length])["tokens"]
    assert entry["dtype"] == "U8", entry
    first, last = entry["data_offsets"]
    out.write_bytes(data[8 + length + first : 8 + length + last])


if __name__ == "__main__":
    {"draw": draw, "tokens": tokens}[sys.argv[1]](Path(sys.argv[2]), Path(sys.argv[3]))
