import type { Order, Range, SortedTexts } from './sorted-texts.ts';

/** Texts that the bytes so far may be the beginning of: all that are the same up to `bit`, written in the same way. */
export class PartialMatch implements Range {
  constructor(
    /** Where in the way that the next character is written; what each number means is up to who reads it. */
    readonly state: number,
    readonly order: Order,
    public lo: number,
    public hi: number,
    /** The bits of the texts before this one were read. */
    public bit: number,
    /** What the state has to remember. */
    readonly value: number,
    /** The position of the first byte in the stream. */
    readonly start: number,
  ) {}

  in(state: number, value = 0, bit = this.bit): PartialMatch {
    return new PartialMatch(state, this.order, this.lo, this.hi, bit, value, this.start);
  }

  /** Those of the texts that go on with these bits of one byte. */
  narrowed(texts: SortedTexts, count: number, bits: number): PartialMatch | undefined {
    const next = this.in(this.state, this.value);
    return next.narrow(texts, count, bits) ? next : undefined;
  }

  /** As `narrowed`, in place. Reports whether any text is left. */
  narrow(texts: SortedTexts, count: number, bits: number): boolean {
    texts.narrow(this.order, this, this.bit, count, bits);
    this.bit += count;
    return this.lo < this.hi;
  }
}

/** Gathers what becomes of partial matches by one byte. */
export class Progress {
  partial: PartialMatch[] = [];
  /** Where the longest secret begins that ends with this byte; none: infinity. */
  foundFrom = Infinity;

  reset(): void {
    this.partial.length = 0;
    this.foundFrom = Infinity;
  }

  add(match: PartialMatch | undefined): void {
    if (match !== undefined) this.partial.push(match);
  }

  /** Adds a partial match that is between two bytes of its texts, one of which may end here. */
  arrive(match: PartialMatch | undefined, texts: SortedTexts): void {
    if (match !== undefined && !this.end(match, texts)) this.partial.push(match);
  }

  /**
   * Takes the text that ends here out of a partial match that is between two bytes. Reports whether it was the only
   * one.
   */
  end(match: PartialMatch, texts: SortedTexts): boolean {
    if (texts.takeEnded(match.order, match, match.bit)) this.foundFrom = Math.min(this.foundFrom, match.start);
    return match.lo === match.hi;
  }
}
