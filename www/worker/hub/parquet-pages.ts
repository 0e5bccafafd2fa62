import type { AsyncBuffer, ColumnMetaData, FileMetaData } from "hyparquet";
import { parquetHeader } from "hyparquet/src/column.js";

/** Most rows of a file, and most values of a page: far more than a page in a browser can hold as pictures. */
const MOST_ROWS = 10_000_000;

/** Largest page once it is unpacked, bytes. */
const LARGEST_PAGE = 256 * 1024 * 1024;

/**
 * A Parquet file whose pages are looked at when their column comes, before the library reads them: it believes what a
 * page's header states, and would read for ever where the size of a page is missing.
 *
 * Throws where the file states more rows than can be; reading throws where a page states sizes that it cannot have.
 */
export function checkedPages(file: AsyncBuffer, metadata: FileMetaData): AsyncBuffer {
  const counts = metadata.row_groups.map(({ num_rows }) => Number(num_rows));
  if (counts.some((count) => !(count >= 0)) || counts.reduce((sum, count) => sum + count, 0) > MOST_ROWS)
    throw new Error("the rows that it states cannot be");
  const columns = metadata.row_groups.flatMap((group) =>
    group.columns.flatMap(({ meta_data: column }) => (column ? [{ column, ...placeOf(column) }] : [])),
  );
  return {
    byteLength: file.byteLength,
    slice: async (start, end) => {
      const bytes = await file.slice(start, end);
      for (const { column, first, length } of columns)
        if (first >= start && first + length <= start + bytes.byteLength)
          checkColumn(new DataView(bytes, first - start, length), column);
      return bytes;
    },
  };
}

/** Where a column's pages lie in the file, as the library reckons it. */
function placeOf(column: ColumnMetaData): { first: number; length: number } {
  const first = Number(column.dictionary_page_offset || column.data_page_offset);
  return { first, length: Number(column.total_compressed_size) };
}

/** Goes from header to header as the library will. */
function checkColumn(view: DataView, { num_values }: ColumnMetaData): void {
  const reader = { view, offset: 0 };
  for (let values = 0; values < Number(num_values) && reader.offset < view.byteLength - 1;) {
    const header = parquetHeader(reader);
    const own = header.data_page_header ?? header.data_page_header_v2;
    const counts = [own?.num_values ?? 0, header.dictionary_page_header?.num_values ?? 0];
    const isWithin = (count: number, most: number): boolean => Number.isInteger(count) && count >= 0 && count <= most;
    if (
      !isWithin(header.compressed_page_size, view.byteLength - reader.offset) ||
      !isWithin(header.uncompressed_page_size, LARGEST_PAGE) ||
      !counts.every((count) => isWithin(count, MOST_ROWS))
    )
      throw new Error("a page states a size that it cannot have");
    reader.offset += header.compressed_page_size;
    values += counts[0] ?? 0;
  }
}
