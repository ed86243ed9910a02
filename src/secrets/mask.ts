/**
 * Keeps secrets out of everything that is stored and shown (docs/design/product.md, "Secrets"). Values exist only in
 * memory. Everything that leaves the engine is masked: streaming output, failures, notes, code frames and the plan.
 */
export interface Mask {
  /** Whether there are secrets. If not, everything passes unchanged. */
  readonly active: boolean;
  /** Returns the text with every secret replaced. */
  text(text: string): string;
  /** Reports whether the text contains a secret in any form. */
  hides(text: string): boolean;
  /**
   * As `text` and `hides`, for texts that may be as long as a file: other work runs in between. Rejects with the
   * signal's reason.
   */
  textInTurns(text: string, signal: AbortSignal): Promise<string>;
  hidesInTurns(text: string, signal: AbortSignal): Promise<boolean>;
  /** Returns the mask of one byte stream, from its start or from where it was left. */
  stream(): MaskedStream;
}

export interface MaskedStream {
  /**
   * Returns the masked bytes that can be released. Holds back bytes that may start a secret. The callee owns the bytes.
   */
  push(bytes: Uint8Array): Released;
  /** Returns the bytes that were held back. Called at the end of the stream or at a gap. */
  end(): Uint8Array;
}

export interface Released {
  readonly bytes: Uint8Array;
  /** The number of raw bytes that are held back. The stream's cursor is before them. */
  readonly held: number;
}

/** For runs without secrets. */
export const noMask: Mask = {
  active: false,
  text: (text) => text,
  hides: () => false,
  textInTurns: async (text) => await Promise.resolve(text),
  hidesInTurns: async () => await Promise.resolve(false),
  stream: () => ({ push: (bytes) => ({ bytes, held: 0 }), end: () => new Uint8Array(0) }),
};
