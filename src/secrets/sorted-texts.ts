import { Buffer } from 'node:buffer';

/**
 * Texts sorted by their bits from a given bit on. Texts that share their first bits are neighbours. So a search for
 * several texts at once is a range that narrows with every bit: the order is a trie without nodes.
 */
export interface Order {
  /** The order begins at this bit of the texts. */
  readonly firstBit: number;
  /** Numbers of texts. No two of them have the same bits from `firstBit` on. */
  readonly texts: Int32Array;
  /**
   * By byte: the index of the first text whose first byte is at least this one; 257 entries. Bits before `firstBit`
   * count as 0.
   */
  readonly heads: Int32Array;
}

/** Selects the texts of an order, and how to sort them. */
export interface WantedOrder {
  /** An even number. */
  readonly firstBit: number;
  /** The order leaves out texts with fewer bits from `firstBit` on. At least 1. */
  readonly leastBits: number;
}

/** Part of an `Order`, as indexes. */
export interface Range {
  lo: number;
  hi: number;
}

/** The number of texts to process before other work may run. */
const slice = 1024;

/** The texts of secrets as UTF-8, each at its offset. */
export class SortedTexts {
  readonly #bytes: Uint8Array;
  readonly #offsets: Int32Array;

  private constructor(bytes: Uint8Array, offsets: Int32Array) {
    this.#bytes = bytes;
    this.#offsets = offsets;
  }

  /** Yields now and then, so that the caller can run other work. */
  static *of(texts: readonly string[]): Generator<void, SortedTexts> {
    const offsets = new Int32Array(texts.length + 1);
    let total = 0;
    for (const [i, text] of texts.entries()) {
      total += Buffer.byteLength(text);
      offsets[i + 1] = total;
      if (i % slice === 0) yield;
    }
    const bytes = Buffer.allocUnsafeSlow(total);
    for (const [i, text] of texts.entries()) {
      bytes.write(text, offsets[i] as number);
      if (i % slice === 0) yield;
    }
    return new SortedTexts(bytes, offsets);
  }

  get count(): number {
    return this.#offsets.length - 1;
  }

  /** Returns the length in bytes. */
  length(text: number): number {
    return (this.#offsets[text + 1] as number) - (this.#offsets[text] as number);
  }

  byte(text: number, index: number): number {
    return this.#bytes[(this.#offsets[text] as number) + index] as number;
  }

  /**
   * Sorts the texts in each of these orders. Only one order is sorted by comparing texts. Each other order follows from
   * the order that begins a byte later.
   */
  *orders(wanted: readonly WantedOrder[]): Generator<void, readonly Order[]> {
    const last = Math.ceil(Math.max(...wanted.map(({ firstBit }) => firstBit + 1)) / 8);
    let later: Int32Array = yield* this.#sortedFrom(last);
    const found = new Map<WantedOrder, Order>();
    for (let index = last - 1; index >= 0; index--) {
      for (const one of wanted.filter(({ firstBit }) => firstBit >> 3 === index)) {
        const sorted = yield* this.#sortedByByte(later, index, 0xff >> (one.firstBit & 7));
        found.set(one, yield* this.#order(one, sorted));
      }
      later = yield* this.#sortedByByte(later, index, 0xff);
    }
    return wanted.map((one) => found.get(one) as Order);
  }

  /** Sorts by the bytes from this index on, by merging. */
  *#sortedFrom(index: number): Generator<void, Int32Array> {
    const { count } = this;
    let from = new Int32Array(count);
    for (let i = 0; i < count; i++) from[i] = i;
    let to = new Int32Array(count);
    let done = 0;
    for (let width = 1; width < count; width *= 2) {
      for (let start = 0; start < count; start += 2 * width) {
        const middle = Math.min(start + width, count);
        const end = Math.min(start + 2 * width, count);
        let [a, b] = [start, middle];
        for (let at = start; at < end; at++) {
          const left = b >= end || (a < middle && this.#compare(from[a] as number, from[b] as number, index) <= 0);
          to[at] = from[left ? a++ : b++] as number;
          if (++done % slice === 0) yield;
        }
      }
      [from, to] = [to, from];
    }
    return from;
  }

  #compare(a: number, b: number, index: number): number {
    const bytes = this.#bytes;
    const [endA, endB] = [this.#offsets[a + 1] as number, this.#offsets[b + 1] as number];
    let atA = (this.#offsets[a] as number) + index;
    let atB = (this.#offsets[b] as number) + index;
    for (; atA < endA && atB < endB; atA++, atB++) {
      const difference = (bytes[atA] as number) - (bytes[atB] as number);
      if (difference !== 0) return difference;
    }
    return Math.max(0, endA - atA) - Math.max(0, endB - atB);
  }

  /**
   * Sorts by this byte and all later ones, by counting, from the order of the later ones. Texts that end before the
   * byte come first.
   */
  *#sortedByByte(later: Int32Array, index: number, mask: number): Generator<void, Int32Array> {
    const keyOf = (text: number) => (index < this.length(text) ? (this.byte(text, index) & mask) + 1 : 0);
    const next = new Int32Array(258);
    for (let i = 0; i < later.length; i++) {
      (next[keyOf(later[i] as number) + 1] as number)++;
      if (i % slice === 0) yield;
    }
    for (let key = 1; key < next.length; key++) next[key] = (next[key] as number) + (next[key - 1] as number);
    const sorted = new Int32Array(later.length);
    for (let i = 0; i < later.length; i++) {
      const text = later[i] as number;
      const key = keyOf(text);
      const at = next[key] as number;
      sorted[at] = text;
      next[key] = at + 1;
      if (i % slice === 0) yield;
    }
    return sorted;
  }

  *#order({ firstBit, leastBits }: WantedOrder, sorted: Int32Array): Generator<void, Order> {
    const index = firstBit >> 3;
    const mask = 0xff >> (firstBit & 7);
    const texts = new Int32Array(sorted.length);
    const heads = new Int32Array(257);
    let count = 0;
    for (let i = 0; i < sorted.length; i++) {
      if (i % slice === 0) yield;
      const text = sorted[i] as number;
      if (this.length(text) * 8 - firstBit < leastBits) continue;
      const first = this.byte(text, index) & mask;
      const before = count === 0 ? undefined : (texts[count - 1] as number);
      const mayBeSame = before !== undefined && (this.byte(before, index) & mask) === first;
      if (mayBeSame && this.#compare(before, text, index + 1) === 0) continue;
      texts[count++] = text;
      heads[first + 1] = count;
    }
    for (let byte = 1; byte < heads.length; byte++) {
      heads[byte] = Math.max(heads[byte] as number, heads[byte - 1] as number);
    }
    return { firstBit, texts: texts.slice(0, count), heads };
  }

  /**
   * Narrows a range, whose texts are equal up to `bit`, to texts that continue with these bits of the same byte.
   * @param count the number of bits, at most to the end of the byte
   */
  narrow(order: Order, range: Range, bit: number, count: number, bits: number): void {
    const shift = 8 - (bit & 7) - count;
    if (bit === order.firstBit) {
      range.lo = Math.max(range.lo, order.heads[bits << shift] as number);
      range.hi = Math.min(range.hi, order.heads[(bits + 1) << shift] as number);
      return;
    }
    const mask = (1 << count) - 1;
    const { texts } = order;
    const index = bit >> 3;
    const first = (this.byte(texts[range.lo] as number, index) >> shift) & mask;
    const last = range.hi - range.lo === 1 ? first : (this.byte(texts[range.hi - 1] as number, index) >> shift) & mask;
    if (bits < first || bits > last) range.hi = range.lo;
    // Many lines of configuration files begin alike, so many texts are equal for long.
    else if (first !== last) {
      range.lo = this.#firstAtLeast(texts, range.lo, range.hi, index, shift, mask, bits);
      range.hi = this.#firstAtLeast(texts, range.lo, range.hi, index, shift, mask, bits + 1);
    }
  }

  /**
   * Returns the first index of a range whose texts have at least these bits in a byte. A separate method, because it is
   * called for every byte.
   */
  #firstAtLeast(
    texts: Int32Array,
    lo: number,
    hi: number,
    index: number,
    shift: number,
    mask: number,
    bits: number,
  ): number {
    let from = lo;
    let to = hi;
    while (from < to) {
      const middle = (from + to) >>> 1;
      if (((this.byte(texts[middle] as number, index) >> shift) & mask) < bits) from = middle + 1;
      else to = middle;
    }
    return from;
  }

  /** Narrows a range to texts whose next character is a code point from `from` to `to` (exclusive). */
  narrowToCharacters(order: Order, range: Range, bit: number, from: number, to: number): void {
    const first = (point: number) => {
      let [low, high] = [range.lo, range.hi];
      while (low < high) {
        const middle = (low + high) >>> 1;
        if (this.#characterAt(order.texts[middle] as number, bit >> 3) < point) low = middle + 1;
        else high = middle;
      }
      return low;
    };
    [range.lo, range.hi] = [first(from), first(to)];
  }

  /** Returns the code point, or -1 in the middle of a character. */
  characterAt(order: Order, range: Range, bit: number): number {
    return this.#characterAt(order.texts[range.lo] as number, bit >> 3);
  }

  /** Returns the length in bytes. */
  characterLength(order: Order, range: Range, bit: number): number {
    return lengthOf(this.byte(order.texts[range.lo] as number, bit >> 3));
  }

  #characterAt(text: number, index: number): number {
    const first = this.byte(text, index);
    if (first < 0x80) return first;
    if (first < 0xc0) return -1;
    const length = lengthOf(first);
    let point = first & (0x7f >> length);
    for (let i = 1; i < length; i++) point = (point << 6) | (this.byte(text, index + i) & 0x3f);
    return point;
  }

  /** Removes the text that ends at this bit, which is the first of its range. Reports whether there was one. */
  takeEnded(order: Order, range: Range, bit: number): boolean {
    if (this.length(order.texts[range.lo] as number) * 8 !== bit) return false;
    range.lo++;
    return true;
  }
}

/** Returns the length of a UTF-8 character, by its first byte. */
function lengthOf(first: number): number {
  if (first < 0x80) return 1;
  if (first < 0xe0) return 2;
  return first < 0xf0 ? 3 : 4;
}
