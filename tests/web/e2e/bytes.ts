// Files made in memory: pictures, broken pictures, archives and weight files.

import { crc32, deflateSync, inflateRawSync } from "node:zlib";

/** A file by the path inside the folder that is picked. */
export interface MadeFile {
  path: string;
  bytes: Buffer;
  /** the path as another encoding than UTF-8 writes it */
  name?: Buffer;
}

const PNG_SIGNATURE = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);

function chunk(type: string, content: Buffer): Buffer {
  const body = Buffer.concat([Buffer.from(type, "latin1"), content]);
  return Buffer.concat([u32(content.length), body, u32(crc32(body))]);
}

function u32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value >>> 0);
  return bytes;
}

function header(width: number, height: number): Buffer {
  return chunk("IHDR", Buffer.concat([u32(width), u32(height), Buffer.from([8, 2, 0, 0, 0])]));
}

/** A PNG whose pixels a function gives. */
export function png(width: number, height: number, pixel: (x: number, y: number) => [number, number, number]): Buffer {
  const rows = Array.from({ length: height }, (_, y) =>
    Buffer.from([0, ...Array.from({ length: width }, (__, x) => pixel(x, y)).flat()]),
  );
  const data = chunk("IDAT", deflateSync(Buffer.concat(rows)));
  return Buffer.concat([PNG_SIGNATURE, header(width, height), data, chunk("IEND", Buffer.alloc(0))]);
}

/** A picture of stripes; class and number decide direction and place, so that no two are the same. */
function stripes(kind: "along" | "across", number: number): Buffer {
  return png(40, 30, (x, y) => {
    const on = Math.floor(((kind === "along" ? y : x) + number) / 5) % 2 === 0;
    return on ? [200, 60 + 8 * number, 40] : [20, 40, 60 + 12 * number];
  });
}

/** Eight pictures of a class in its folder. */
export function folder(kind: "along" | "across"): MadeFile[] {
  return Array.from({ length: 8 }, (_, i) => ({ path: `${kind}/${String(i)}.png`, bytes: stripes(kind, i) }));
}

/** A PNG that promises far more pixels than it has bytes. */
export function hugePng(side: number): Buffer {
  return Buffer.concat([PNG_SIGNATURE, header(side, side), chunk("IDAT", deflateSync(Buffer.alloc(64)))]);
}

/** A file that begins as a JPEG and is none. */
export function corruptJpeg(): Buffer {
  const start = Buffer.from([0xff, 0xd8, 0xff, 0xe0, 0x00, 0x10, 0x4a, 0x46, 0x49, 0x46, 0x00, 0x01, 0x01, 0x00]);
  return Buffer.concat([start, Buffer.from("this is where the picture would be")]);
}

/** A zip archive without compression. */
export function zip(files: MadeFile[]): Buffer {
  const [bodies, entries]: [Buffer[], Buffer[]] = [[], []];
  let offset = 0;
  for (const { path, bytes, name = Buffer.from(path) } of files) {
    const common = Buffer.alloc(26);
    common.writeUInt16LE(20, 0); // version
    common.writeUInt32LE(crc32(bytes), 10);
    common.writeUInt32LE(bytes.length, 14);
    common.writeUInt32LE(bytes.length, 18);
    common.writeUInt16LE(name.length, 22);
    const local = Buffer.concat([Buffer.from("PK\x03\x04", "latin1"), common, name, bytes]);
    const end = Buffer.alloc(14);
    end.writeUInt32LE(offset, 10);
    entries.push(Buffer.concat([Buffer.from("PK\x01\x02\x14\x00", "latin1"), common, end, name]));
    bodies.push(local);
    offset += local.length;
  }
  const directory = Buffer.concat(entries);
  const end = Buffer.alloc(22);
  end.write("PK\x05\x06", 0, "latin1");
  end.writeUInt16LE(files.length, 8);
  end.writeUInt16LE(files.length, 10);
  end.writeUInt32LE(directory.length, 12);
  end.writeUInt32LE(offset, 16);
  return Buffer.concat([...bodies, directory, end]);
}

/** The same safetensors file with another shape told for one tensor; the number of values stays. */
export function reshaped(file: Buffer, tensor: string, change: (shape: number[]) => number[]): Buffer {
  const length = Number(file.readBigUInt64LE(0));
  const told = JSON.parse(file.subarray(8, 8 + length).toString()) as Record<string, { shape: number[] }>;
  const entry = told[tensor];
  if (!entry) throw new Error(`there is no tensor "${tensor}", only ${Object.keys(told).join(", ")}`);
  entry.shape = change(entry.shape);
  const text = Buffer.from(JSON.stringify(told));
  const size = Buffer.alloc(8);
  size.writeBigUInt64LE(BigInt(text.length));
  return Buffer.concat([size, text, file.subarray(8 + length)]);
}

/** A safetensors file with the network of another under `teacher.`, and under `ema.` one of the same shape that is all zeros. */
export function withAverage(file: Buffer): Buffer {
  const length = Number(file.readBigUInt64LE(0));
  const told = JSON.parse(file.subarray(8, 8 + length).toString()) as Record<string, { data_offsets: number[] }>;
  const data = file.subarray(8 + length);
  const tensors = Object.entries(told).filter(([name]) => name !== "__metadata__");
  const under = (wrapping: string, by: number): [string, object][] =>
    tensors.map(([name, tensor]) => [
      `${wrapping}.${name}`,
      { ...tensor, data_offsets: tensor.data_offsets.map((at) => at + by) },
    ]);
  const header = Object.fromEntries([...under("teacher", 0), ...under("ema", data.length)]);
  const text = Buffer.from(JSON.stringify(header));
  const size = Buffer.alloc(8);
  size.writeBigUInt64LE(BigInt(text.length));
  return Buffer.concat([size, text, data, Buffer.alloc(data.length)]);
}

/** The files of a zip archive by their paths. */
export function unzip(bytes: Buffer): Map<string, Buffer> {
  const found = new Map<string, Buffer>();
  const end = bytes.lastIndexOf(Buffer.from("PK\x05\x06", "latin1"));
  let at = bytes.readUInt32LE(end + 16);
  for (let left = bytes.readUInt16LE(end + 10); left > 0; left--) {
    const [method, packed] = [bytes.readUInt16LE(at + 10), bytes.readUInt32LE(at + 20)];
    const [name, extra, comment] = [28, 30, 32].map((field) => bytes.readUInt16LE(at + field)) as [
      number,
      number,
      number,
    ];
    const start = bytes.readUInt32LE(at + 42);
    const body = start + 30 + bytes.readUInt16LE(start + 26) + bytes.readUInt16LE(start + 28);
    const content = bytes.subarray(body, body + packed);
    const path = bytes.subarray(at + 46, at + 46 + name).toString();
    found.set(path, method === 0 ? content : inflateRawSync(content));
    at += 46 + name + extra + comment;
  }
  return found;
}

/** The same safetensors file with another name for one tensor. */
export function renamed(file: Buffer, tensor: string, name: string): Buffer {
  const length = Number(file.readBigUInt64LE(0));
  const told = JSON.parse(file.subarray(8, 8 + length).toString()) as Record<string, object>;
  if (!told[tensor]) throw new Error(`there is no tensor "${tensor}", only ${Object.keys(told).join(", ")}`);
  const header = Object.fromEntries(Object.entries(told).map(([own, entry]) => [own === tensor ? name : own, entry]));
  const text = Buffer.from(JSON.stringify(header));
  const size = Buffer.alloc(8);
  size.writeBigUInt64LE(BigInt(text.length));
  return Buffer.concat([size, text, file.subarray(8 + length)]);
}
