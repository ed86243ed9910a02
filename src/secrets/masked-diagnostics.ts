import type { Diagnostic } from '../model/diagnostic.ts';
import type { Place } from '../model/place.ts';
import type { Mask } from './mask.ts';

/** Returns diagnostics with secrets masked in messages and code frames. Positions stay unchanged. */
export function maskedDiagnostics(mask: Mask, diagnostics: readonly Diagnostic[]): readonly Diagnostic[] {
  return mask.active ? diagnostics.map((diagnostic) => masked(mask, diagnostic)) : diagnostics;
}

function masked(mask: Mask, diagnostic: Diagnostic): Diagnostic {
  const { message, place, related, help } = diagnostic;
  return {
    ...diagnostic,
    message: mask.text(message),
    ...(place !== undefined && { place: maskedPlace(mask, place) }),
    ...(related !== undefined && {
      related: related.map((one) => ({ message: mask.text(one.message), place: maskedPlace(mask, one.place) })),
    }),
    ...(help !== undefined && { help: mask.text(help) }),
  };
}

/** Masks the lines as one text, because a secret may span several lines. */
export function maskedPlace(mask: Mask, place: Place): Place {
  const { frame } = place;
  if (frame === undefined) return place;
  const text = frame.lines.join('\n');
  if (!mask.hides(text)) return place;
  const lines = mask.text(text).split('\n');
  // If a secret contained a newline, mask each line by itself to keep the line numbers.
  const each = lines.length === frame.lines.length ? lines : frame.lines.map((line) => mask.text(line));
  return { ...place, frame: { ...frame, lines: each } };
}
