import type { Order, Range, SortedTexts } from './sorted-texts.ts';

/** Texts that the bytes so far may begin: all that are equal up to `bit`, written in the same form. */
export class PartialMatch implements Range {
  constructor(
    /** How far the encoding of the next character is read. The reader defines the numbers. */
    readonly state: number,
    readonly order: Order,
    public lo: number,
    public hi: number,
    /** The bits of the texts before this one were read. */
    public bit: number,
    /** The value of the state, such as a number of digits. */
    readonly value: number,
    /** The position of the first byte in the stream. */
    readonly start: number,
  ) {}

  in(state: number, value = 0, bit = this.bit): PartialMatch {
    return new PartialMatch(state, this.order, this.lo, this.hi, bit, value, this.start);
  }

  /** Returns the match with only the texts that continue with these bits of one byte. */
  narrowed(texts: SortedTexts, count: number, bits: number): PartialMatch | undefined {
    const next = this.in(this.state, this.value);
    return next.narrow(texts, count, bits) ? next : undefined;
  }

  /** Like `narrowed`, in place. Reports whether any text remains. */
  narrow(texts: SortedTexts, count: number, bits: number): boolean {
    texts.narrow(this.order, this, this.bit, count, bits);
    this.bit += count;
    return this.lo < this.hi;
  }
}

/** Collects the results of reading one byte. */
export class Progress {
  partial: PartialMatch[] = [];
  /** The start of the longest secret that ends with this byte; none: infinity. */
  foundFrom = Infinity;

  reset(): void {
    this.partial.length = 0;
    this.foundFrom = Infinity;
  }

  add(match: PartialMatch | undefined): void {
    if (match !== undefined) this.partial.push(match);
  }

  /** Adds a partial match that is between two bytes of its texts. One of them may end here. */
  arrive(match: PartialMatch | undefined, texts: SortedTexts): void {
    if (match !== undefined && !this.end(match, texts)) this.partial.push(match);
  }

  /** Takes the text that ends here out of a partial match between two bytes. Reports whether it was the only text. */
  end(match: PartialMatch, texts: SortedTexts): boolean {
    if (texts.takeEnded(match.order, match, match.bit)) this.foundFrom = Math.min(this.foundFrom, match.start);
    return match.lo === match.hi;
  }
}
