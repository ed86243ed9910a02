import { Buffer } from 'node:buffer';
import { maskText } from '../model/mask-text.ts';
import { shownText } from '../model/shown-plan.ts';
import type { Base64Form, LostText, SecretReference, StoredPart, StoredText } from '../model/stored-plan.ts';
import { TimeSlice } from '../util/time-slice.ts';
import type { Mask } from './mask.ts';
import {
  namedSecrets,
  partialTexts,
  partOf,
  valuesIn,
  wholeTexts,
  type SecretText,
  type ValueOfSecret,
} from './named-secrets.ts';
import type { RunSecrets } from './run-secrets.ts';
import { findBase64, inBase64, inTextForm, textFormsIn } from './secret-forms.ts';

/** Where a secret occurs in a text. */
interface Find {
  readonly start: number;
  readonly end: number;
  readonly reference: SecretReference;
}

/** Finds a secret in some of its forms. */
type Search = (secret: SecretText, text: string) => readonly Find[];

/** Stores texts exactly, with references in place of secrets. */
export class TextStorer {
  readonly #mask: Mask;
  readonly #valueOf: ValueOfSecret;
  readonly #searches: readonly (readonly [search: Search, texts: () => Iterable<SecretText>])[];

  constructor(secrets: RunSecrets, mask: Mask) {
    this.#mask = mask;
    this.#valueOf = valuesIn(secrets);
    const named = namedSecrets(secrets);
    const whole = named.flatMap(wholeTexts);
    const partial = function* () {
      for (const secret of named) yield* partialTexts(secret);
    };
    const encoded: Search = (secret, text) =>
      findEncoded(secret, text).filter(({ start, end }) => mask.hides(text.slice(start, end)));
    // Cheapest first: most secrets occur literally, and a large one has many lines in many forms.
    this.#searches = [
      [findPlain, () => whole],
      [findPlain, partial],
      [encoded, () => whole],
      [encoded, partial],
    ];
  }

  /**
   * Stores a text. A text without secrets is stored unchanged. A text that references cannot restore exactly, such as a
   * password with every second character encoded, is stored as lost. Rejects with the signal's reason.
   */
  async store(text: string, signal: AbortSignal): Promise<StoredText> {
    if (!(await this.#mask.hidesInTurns(text, signal))) return text;
    const masked = await this.#mask.textInTurns(text, signal);
    const turns = new TimeSlice();
    const longest = new Map<number, Find>();
    for (const [search, texts] of this.#searches) {
      for (const secret of texts()) {
        for (const find of search(secret, text))
          if (find.end > (longest.get(find.start)?.end ?? 0)) longest.set(find.start, find);
        if (turns.over) await turns.next(signal);
      }
      const stored = { parts: partsOf(text, [...longest.values()]) };
      if (this.#isExact(stored, text, masked)) return stored;
    }
    // The rest must not be a secret itself.
    return { parts: [{ lost: (await this.#mask.hidesInTurns(masked, signal)) ? maskText : masked }] };
  }

  /** Reports whether the text can be restored, and shows no more than through the mask. */
  #isExact(stored: StoredText, text: string, masked: string): boolean {
    const shown = Buffer.from(shownText(stored)).toString();
    return adjoined(shown) === adjoined(masked) && restoreText(stored, this.#valueOf) === text;
  }
}

/** Joins adjacent masks to one. */
function adjoined(shown: string): string {
  const between = shown.split(maskText);
  return between.filter((piece, i) => piece !== '' || i === 0 || i === between.length - 1).join(maskText);
}

function findPlain({ text: secret, reference }: SecretText, text: string): readonly Find[] {
  return placesOf(secret, text).map((start) => ({ start, end: start + secret.length, reference }));
}

function findEncoded({ text: secret, reference }: SecretText, text: string): readonly Find[] {
  const encoded = [...textFormsIn(secret, text)].flatMap(([written, as]) =>
    placesOf(written, text).map((start) => ({ start, end: start + written.length, reference: { ...reference, as } })),
  );
  const { joined, gaps } = withoutLineEnds(text);
  const base64 = findBase64(secret, joined).map(({ start, end, form }) => {
    const within = gaps.filter(({ at }) => at > start && at < end);
    const before = gaps.filter(({ at }) => at <= start).reduce((length, gap) => length + gap.text.length, 0);
    const as: Base64Form =
      within.length === 0 ? form : { ...form, gaps: within.map((gap) => [gap.at - start, gap.text] as const) };
    return {
      start: start + before,
      end: end + before + within.reduce((length, gap) => length + gap.text.length, 0),
      reference: { ...reference, as },
    };
  });
  return [...encoded, ...base64];
}

function placesOf(wanted: string, text: string): readonly number[] {
  const places: number[] = [];
  for (let at = text.indexOf(wanted); at >= 0; at = text.indexOf(wanted, at + 1)) places.push(at);
  return places;
}

interface Joined {
  readonly joined: string;
  /** The removed line ends, and the character after each. */
  readonly gaps: readonly { readonly at: number; readonly text: string }[];
}

/** Removes line ends, including escaped ones: base64 may span lines. */
function withoutLineEnds(text: string): Joined {
  const gaps: { at: number; text: string }[] = [];
  let left = 0;
  const joined = text.replaceAll(/\r?\n|(?:\\r)?\\n/g, (gap: string, at: number) => {
    gaps.push({ at: at - left, text: gap });
    left += gap.length;
    return '';
  });
  return { joined, gaps };
}

/** Splits a text at the finds. If finds overlap, the later one covers the rest. */
function partsOf(text: string, finds: readonly Find[]): readonly StoredPart[] {
  const parts: StoredPart[] = [];
  let at = 0;
  for (const { start, end, reference } of finds.toSorted((a, b) => a.start - b.start)) {
    if (end <= at) continue;
    if (start > at) parts.push(text.slice(at, start));
    parts.push(start < at ? { ...reference, cut: [at - start, end - start] } : reference);
    at = end;
  }
  if (at < text.length) parts.push(text.slice(at));
  return parts;
}

/** Returns the text as written, or the part that cannot be restored: a secret without a value, or a lost text. */
export function restoreText(stored: StoredText, valueOf: ValueOfSecret): string | SecretReference | LostText {
  if (typeof stored === 'string') return stored;
  let text = '';
  for (const part of stored.parts) {
    if (typeof part === 'string') text += part;
    else {
      const value = 'lost' in part ? undefined : valueOf(part);
      if (value === undefined || 'lost' in part) return part;
      text += writtenAs(value, part);
    }
  }
  return text;
}

function writtenAs(value: string, { of, range, as, cut }: SecretReference): string {
  const part = partOf(value, of);
  const text = range === undefined ? part : part.slice(...range);
  const written = as === undefined ? text : typeof as === 'string' ? inTextForm(text, as) : inBase64(text, as);
  return cut === undefined ? written : written.slice(...cut);
}
