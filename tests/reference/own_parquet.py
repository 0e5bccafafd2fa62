"""Writes tests/fixtures/own.parquet and own-zstd.parquet: pictures as other libraries than the hub's write them.

    pip install pyarrow==26.0.1 && python tests/reference/own_parquet.py

own.parquet, gzip, two row groups: columns `Picture` of bytes and `target` of text, 12 pictures of 4 x 4 pixels, half of
them "left" and half "right". Three more rows cannot be used: one is no picture, one has none, one has no label.
own-zstd.parquet has the same rows under another compression.
"""

from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from hub_parquet import png


def main() -> None:
    pictures = [png(n, n % 2, b"own") for n in range(12)] + [b"no picture", None, png(99, 0, b"own")]
    labels = [["left", "right"][n % 2] for n in range(14)] + [None]
    table = pa.table({"Picture": pa.array(pictures, pa.binary()), "target": labels})
    folder = Path(__file__).parent.parent / "fixtures"
    for name, compression in [("own", "gzip"), ("own-zstd", "zstd")]:
        target = folder / f"{name}.parquet"
        pq.write_table(table, target, row_group_size=8, compression=compression, write_statistics=False)
        print(target, target.stat().st_size)


if __name__ == "__main__":
    main()
