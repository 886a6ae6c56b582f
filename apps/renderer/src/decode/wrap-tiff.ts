const rowsPerStrip = 128;
const headerBytes = 8;
const entryBytes = 12;
const types = { short: { code: 3, bytes: 2 }, long: { code: 4, bytes: 4 }, bytes: { code: 7, bytes: 1 } };

/** Pixels of 8 bits per channel, RGB or RGBA, in rows that start `stride` bytes apart. */
export interface RowPixels {
  width: number;
  height: number;
  channels: 3 | 4;
  stride: number;
  data: Uint8Array;
}

type Entry = [tag: number, type: keyof typeof types, values: ArrayLike<number>];

/** Writes pixels and their ICC profile to an uncompressed TIFF (revision 6.0), which libvips reads like any original. */
export function wrapTiff(pixels: RowPixels, profile: Uint8Array | null): Buffer {
  const { width, height, channels, stride, data } = pixels;
  const rowBytes = width * channels;
  const strips = Array.from({ length: Math.ceil(height / rowsPerStrip) }, (_, strip) => strip * rowsPerStrip);
  const entriesAt = (pixelsAt: number): Entry[] => [
    [256, 'long', [width]],
    [257, 'long', [height]],
    [258, 'short', Array(channels).fill(8)],
    [259, 'short', [1]],
    [262, 'short', [2]],
    [273, 'long', strips.map((row) => pixelsAt + row * rowBytes)],
    [277, 'short', [channels]],
    [278, 'long', [rowsPerStrip]],
    [279, 'long', strips.map((row) => Math.min(rowsPerStrip, height - row) * rowBytes)],
    ...(channels === 4 ? ([[338, 'short', [2]]] satisfies Entry[]) : []),
    ...(profile ? ([[34_675, 'bytes', profile]] satisfies Entry[]) : []),
  ];
  const directory = writeDirectory(entriesAt(0));
  const tiff = Buffer.alloc(directory.length + rowBytes * height);
  writeDirectory(entriesAt(directory.length)).copy(tiff);
  for (let row = 0; row < height; row++)
    tiff.set(data.subarray(row * stride, row * stride + rowBytes), directory.length + row * rowBytes);
  return tiff;
}

/** Writes the header, the only directory, and then the values that do not fit into their entries. */
function writeDirectory(entries: Entry[]): Buffer {
  const valuesAt = headerBytes + 2 + entries.length * entryBytes + 4;
  const sizes = entries.map(([, type, values]) => types[type].bytes * values.length);
  const bytes = Buffer.alloc(valuesAt + sizes.reduce((sum, size) => sum + (size > 4 ? size : 0), 0));
  bytes.write('II*\0', 'latin1');
  bytes.writeUInt32LE(headerBytes, 4);
  bytes.writeUInt16LE(entries.length, headerBytes);
  let free = valuesAt;
  for (const [index, [tag, type, values]] of entries.entries()) {
    const at = headerBytes + 2 + index * entryBytes;
    const size = sizes[index] ?? 0;
    bytes.writeUInt16LE(tag, at);
    bytes.writeUInt16LE(types[type].code, at + 2);
    bytes.writeUInt32LE(values.length, at + 4);
    if (size > 4) bytes.writeUInt32LE(free, at + 8);
    writeValues(bytes, size > 4 ? free : at + 8, type, values);
    free += size > 4 ? size : 0;
  }
  return bytes;
}

function writeValues(bytes: Buffer, from: number, type: keyof typeof types, values: ArrayLike<number>): void {
  for (let index = 0; index < values.length; index++)
    bytes.writeUIntLE(values[index] ?? 0, from + index * types[type].bytes, types[type].bytes);
}
