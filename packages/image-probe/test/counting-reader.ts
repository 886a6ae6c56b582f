import { type ByteReader, createByteReader } from '../src/byte-reader.ts';

/** Creates a reader that counts its work: one step per number or slice, and one per character of text. */
export function createCountingReader(bytes: Uint8Array): { reader: ByteReader; steps: () => number } {
  let steps = 0;
  const count = (reader: ByteReader): ByteReader => {
    const counted = <Input extends unknown[], Output>(read: (...input: Input) => Output) => {
      return (...input: Input): Output => {
        steps += 1;
        return read(...input);
      };
    };
    return {
      length: reader.length,
      u8: counted(reader.u8),
      u16: counted(reader.u16),
      u32: counted(reader.u32),
      u64: counted(reader.u64),
      text: (at, length) => {
        steps += length;
        return reader.text(at, length);
      },
      slice: counted((from, to) => count(reader.slice(from, to))),
    };
  };
  return { reader: count(createByteReader(bytes)), steps: () => steps };
}
