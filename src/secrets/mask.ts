/**
 * Keeps secrets out of what is stored and shown (docs/design/product.md, "Secrets"). Values are known in memory only;
 * everything that leaves the engine goes through here: output as it streams, texts of failures, notes, code frames and
 * the plan.
 */
export interface Mask {
  /** Whether there is anything to hide; where not, everything is handed on as it is. */
  readonly active: boolean;
  /** The text with every secret in it replaced. */
  text(text: string): string;
  /** Whether a secret, in any of its forms, is in it. */
  hides(text: string): boolean;
  /**
   * As `text` and `hides`, for texts that may be as long as a file: other work runs in between. Rejects with the
   * signal's reason.
   */
  textInTurns(text: string, signal: AbortSignal): Promise<string>;
  hidesInTurns(text: string, signal: AbortSignal): Promise<boolean>;
  /** For one stream of bytes, from its beginning or from where it was left. */
  stream(): MaskedStream;
}

export interface MaskedStream {
  /**
   * What may be let go now, masked. Bytes that may begin a secret are held back until that is known.
   * The bytes belong to the callee afterwards.
   */
  push(bytes: Uint8Array): Released;
  /** What was held back, when nothing follows any more: an end, or a gap. */
  end(): Uint8Array;
}

export interface Released {
  readonly bytes: Uint8Array;
  /** How many raw bytes are held back; everything before them has been let go, so the stream's cursor stands there. */
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
