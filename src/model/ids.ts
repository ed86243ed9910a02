/** Ids as branded strings, so that one kind cannot be used for another (docs/design/product.md, "Ids"). */

declare const brand: unique symbol;
type Branded<Name extends string> = string & { readonly [brand]: Name };

/** 26 lower-case Crockford base32 characters, ordered by creation time. Also a valid DNS label. */
export type RunId = Branded<'RunId'>;

/** `iteration.stage.step`: ordinals from 1 in the order of the file. Unselected steps count too. */
export type StepId = Branded<'StepId'>;

/** `sha256:` and 64 hexadecimal digits. */
export type Digest = Branded<'Digest'>;

/** The id of one store: random, created with the index. Everything that its runs start carries it. */
export type StoreId = Branded<'StoreId'>;

const alphabet = '0123456789abcdefghjkmnpqrstvwxyz';

/** The number of characters that encode the time. */
const timeLength = 10;

/**
 * @param now milliseconds since 1970, encoded in the first 10 characters
 * @param random 10 bytes, encoded in the other 16 characters
 */
export function makeRunId(now: number, random: Uint8Array): RunId {
  let time = '';
  for (
    let left = Math.min(Math.max(0, now), 32 ** timeLength - 1);
    time.length < timeLength;
    left = Math.floor(left / 32)
  ) {
    time = alphabet.charAt(left % 32) + time;
  }
  let tail = '';
  let bits = 0;
  let held = 0;
  for (const byte of random.subarray(0, 10)) {
    held = (held << 8) | byte;
    bits += 8;
    while (bits >= 5) {
      bits -= 5;
      tail += alphabet.charAt((held >> bits) & 31);
    }
    held &= (1 << bits) - 1;
  }
  return (time + tail) as RunId;
}

/**
 * Returns the id of a new run. It sorts after `newest` even if the clock went back.
 * @param now milliseconds since 1970
 * @param random 10 bytes
 * @param newest the last existing id in order
 */
export function nextRunId(now: number, random: Uint8Array, newest?: RunId): RunId {
  return makeRunId(newest === undefined ? now : Math.max(now, timeOfId(newest) + 1), random);
}

/** Returns milliseconds since 1970. Later than the run's start if the clock went back before it. */
function timeOfId(id: RunId): number {
  return [...id.slice(0, timeLength)].reduce((time, letter) => time * 32 + alphabet.indexOf(letter), 0);
}

export function isRunId(text: string): text is RunId {
  return /^[0-9a-hjkmnp-tv-z]{26}$/.test(text);
}

export function stepId(iteration: number, stage: number, step: number): StepId {
  return `${iteration}.${stage}.${step}` as StepId;
}

/** Returns the ordinals in a step's id. */
export function stepOrdinals(id: StepId): { iteration: number; stage: number; step: number } {
  const [iteration = 0, stage = 0, step = 0] = id.split('.').map(Number);
  return { iteration, stage, step };
}
