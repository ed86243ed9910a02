import type { Diagnostic } from '../model/diagnostic.ts';
import type { Place } from '../model/place.ts';
import type { Mask } from './mask.ts';

/**
 * Mistakes with secrets hidden in what they say and in the lines that they show; places stay what they are in the file.
 */
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

/** Masked as one text: a secret may reach over several of its lines. */
export function maskedPlace(mask: Mask, place: Place): Place {
  const { frame } = place;
  if (frame === undefined) return place;
  const text = frame.lines.join('\n');
  if (!mask.hides(text)) return place;
  const lines = mask.text(text).split('\n');
  // The lines after a hidden line end keep their numbers.
  const each = lines.length === frame.lines.length ? lines : frame.lines.map((line) => mask.text(line));
  return { ...place, frame: { ...frame, lines: each } };
}
