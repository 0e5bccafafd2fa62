"""Random resized crops: sizes by their definition, pixels by Pillow -> crops.json. Needs Pillow alone.

A crop's share of the area and the logarithm of its aspect ratio give its sides as torchvision's RandomResizedCrop rounds
them: Python's `round`, halves to the even number. Pixels are the cropped picture, enlarged by Pillow's bilinear filter in
floating point, which for enlarging is the interpolation with half-pixel centres.
"""

import json
import math
import random
from pathlib import Path

from PIL import Image

SIDE = 11
rng = random.Random(29)


def sides(side, share, log_ratio):
    area, ratio = side * side * share, math.exp(log_ratio)
    width, height = round(math.sqrt(area * ratio)), round(math.sqrt(area / ratio))
    return [width, height] if 0 < width <= side and 0 < height <= side else None


def drawn(side):
    share = rng.uniform(0.08, 1)
    log_ratio = rng.uniform(math.log(3 / 4), math.log(4 / 3))
    return {"side": side, "share": share, "logRatio": log_ratio, "sides": sides(side, share, log_ratio)}


picture = [rng.randrange(256) for _ in range(SIDE * SIDE * 3)]


def enlarged(left, top, width, height):
    """Every channel's plane, cut out and enlarged to the whole."""
    planes = []
    for channel in range(3):
        plane = Image.new("F", (SIDE, SIDE))
        plane.putdata([float(byte) for byte in picture[channel::3]])
        cut = plane.crop((left, top, left + width, top + height))
        planes += [round(value, 4) for value in cut.resize((SIDE, SIDE), Image.Resampling.BILINEAR).get_flattened_data()]
    return {"left": left, "top": top, "width": width, "height": height, "planes": planes}


windows = [(0, 0, 11, 11), (3, 2, 5, 6), (10, 10, 1, 1), (0, 4, 11, 3), (1, 0, 7, 11), (6, 7, 4, 3)]
content = {
    "sizes": [drawn(side) for side in (16, 32, 224, 256) for _ in range(50)],
    "side": SIDE,
    "picture": picture,
    "windows": [enlarged(*window) for window in windows],
}
path = Path(__file__).resolve().parent.parent / "fixtures" / "crops.json"
path.write_text(json.dumps(content, separators=(",", ":")) + "\n")
print(f"{path.name}: {path.stat().st_size / 1024:.1f} KiB; {sum(size['sides'] is None for size in content['sizes'])} do not fit")
