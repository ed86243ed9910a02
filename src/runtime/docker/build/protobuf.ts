/**
 * Implements the part of the protobuf wire format that BuildKit's messages need: fields of numbers, bytes and messages,
 * in any order. Unknown fields are skipped (https://protobuf.dev/programming-guides/encoding).
 */

/** One field of a message: a number, or the bytes of a string or nested message. */
export interface ProtoField {
  readonly number: number;
  readonly value: number | Buffer;
}

const wireVarint = 0;
const wireFixed64 = 1;
const wireBytes = 2;
const wireFixed32 = 5;

/**
 * Yields the fields of a message in order. Throws if the bytes are not a message. Numbers above 2^53 lose precision.
 */
export function* protoFields(message: Buffer): Generator<ProtoField, void, undefined> {
  const reader = new ProtoReader(message);
  while (!reader.done) {
    const key = reader.varint();
    const number = Math.floor(key / 8);
    switch (key % 8) {
      case wireVarint:
        yield { number, value: reader.varint() };
        break;
      case wireBytes:
        yield { number, value: reader.take(reader.varint()) };
        break;
      case wireFixed64:
        reader.take(8);
        break;
      case wireFixed32:
        reader.take(4);
        break;
      default:
        throw new Error(`not a protobuf message: wire type ${key % 8}`);
    }
  }
}

class ProtoReader {
  #at = 0;
  readonly #bytes: Buffer;

  constructor(bytes: Buffer) {
    this.#bytes = bytes;
  }

  get done(): boolean {
    return this.#at >= this.#bytes.length;
  }

  varint(): number {
    let value = 0;
    for (let factor = 1; ; factor *= 128) {
      const byte = this.#bytes[this.#at++];
      if (byte === undefined || factor > 2 ** 63) throw new Error('not a protobuf message: a number has no end');
      value += (byte & 0x7f) * factor;
      if (byte < 0x80) return value;
    }
  }

  take(length: number): Buffer {
    if (this.#at + length > this.#bytes.length) throw new Error('not a protobuf message: it ends within a field');
    return this.#bytes.subarray(this.#at, (this.#at += length));
  }
}

/** Encodes a message with these fields. */
export function protoMessage(
  ...fields: readonly (readonly [number: number, value: number | string | Uint8Array])[]
): Buffer {
  return Buffer.concat(
    fields.flatMap(([number, value]) => {
      if (typeof value === 'number') return [varint(number * 8 + wireVarint), varint(value)];
      const bytes = Buffer.from(value);
      return [varint(number * 8 + wireBytes), varint(bytes.length), bytes];
    }),
  );
}

function varint(value: number): Buffer {
  const bytes: number[] = [];
  for (let rest = value; ; rest = Math.floor(rest / 128)) {
    if (rest < 128) return Buffer.from([...bytes, rest]);
    bytes.push((rest % 128) + 128);
  }
}
