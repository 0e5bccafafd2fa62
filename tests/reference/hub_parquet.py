"""Writes tests/fixtures/hub.parquet: a data set of pictures as the Hugging Face hub's own library writes it; and
tests/fixtures/hub-statistics.parquet, the same with the least and the largest label of each row group in its footer.

    pip install pyarrow==26.0.1 && python tests/reference/hub_parquet.py

24 PNG pictures of 4 x 4 pixels in three classes, sorted by class, in six row groups: a column `img` of structs with
`bytes` and `path`, a column `label`, another column that nobody asks for, snappy, and the description of the columns
under the key "huggingface". Picture number n is of one colour, (n, label, 7), with 160 bytes of noise in a comment,
so that what travels can be told from the whole.
"""

import json
import random
import struct
import zlib
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

NAMES = ["cat", "dog", "a/b"]


def chunk(kind: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))


def png(number: int, label: int, noise: bytes) -> bytes:
    header = struct.pack(">IIBBBBB", 4, 4, 8, 2, 0, 0, 0)
    rows = (b"\0" + bytes([number, label, 7]) * 4) * 4
    body = chunk(b"IHDR", header) + chunk(b"tEXt", b"noise\0" + noise) + chunk(b"IDAT", zlib.compress(rows))
    return b"\x89PNG\r\n\x1a\n" + body + chunk(b"IEND", b"")


def main() -> None:
    draw = random.Random(1)
    labels = [number // 8 for number in range(24)]
    noise = [bytes(draw.randrange(1, 256) for _ in range(160)) for _ in labels]
    images = [{"bytes": png(n, label, noise[n]), "path": f"{n}.png"} for n, label in enumerate(labels)]
    features = {
        "img": {"_type": "Image"},
        "label": {"names": NAMES, "_type": "ClassLabel"},
        "caption": {"dtype": "string", "_type": "Value"},
    }
    schema = pa.schema(
        [
            ("img", pa.struct([("bytes", pa.binary()), ("path", pa.string())])),
            ("label", pa.int64()),
            ("caption", pa.string()),
        ],
        metadata={"huggingface": json.dumps({"info": {"features": features}})},
    )
    captions = [f"picture {n} " + noise[n].hex() for n in range(24)]
    table = pa.table({"img": images, "label": labels, "caption": captions}, schema=schema)
    for name, statistics in [("hub", False), ("hub-statistics", ["label"])]:
        target = Path(__file__).parent.parent / "fixtures" / f"{name}.parquet"
        pq.write_table(table, target, row_group_size=4, compression="snappy", write_statistics=statistics)
        print(target, target.stat().st_size)


if __name__ == "__main__":
    main()
