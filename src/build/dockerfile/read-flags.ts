import type { Report } from '../../diagnostics/problem.ts';
import type { Word } from './dockerfile.ts';
import type { Flag } from './instruction-words.ts';
import type { FlagKind } from './keywords.ts';
import { problem } from './problem.ts';

/** The valid flags of an instruction. */
export class Flags {
  readonly #values: ReadonlyMap<string, readonly Word[]>;

  constructor(values: ReadonlyMap<string, readonly Word[]>) {
    this.#values = values;
  }

  text(name: string): Word | undefined {
    return this.#values.get(name)?.[0];
  }

  list(name: string): readonly Word[] {
    return this.#values.get(name) ?? [];
  }

  /** Returns `undefined` if the flag is absent. */
  switch(name: string): boolean | undefined {
    const value = this.text(name)?.text;
    return value === undefined ? undefined : value.toLowerCase() !== 'false';
  }
}

/** Checks flags, and reports each invalid one. */
export function readFlags(
  flags: readonly Flag[],
  keyword: string,
  known: Readonly<Record<string, FlagKind>>,
  report: Report,
): Flags {
  const values = new Map<string, Word[]>();
  for (const { text, span } of flags) {
    const equals = text.indexOf('=');
    const flag = equals < 0 ? text : text.slice(0, equals);
    const value = equals < 0 ? undefined : text.slice(equals + 1);
    const name = flag.slice(2);
    const kind = Object.hasOwn(known, name) ? known[name] : undefined;
    const before = values.get(name);
    if (kind === undefined) {
      report(problem('D003', span, { flag, keyword, known: Object.keys(known).map((each) => `--${each}`) }));
    } else if (before !== undefined && kind !== 'list') {
      report(problem('D004', span, { flag, reason: 'twice' }));
    } else if (kind === 'switch' ? value === '' : value === undefined) {
      report(problem('D004', span, { flag, reason: 'no-value' }));
    } else if (kind === 'switch' && !['true', 'false'].includes((value ?? 'true').toLowerCase())) {
      report(problem('D004', span, { flag, reason: 'no-boolean', value: value ?? '' }));
    } else {
      values.set(name, [...(before ?? []), { text: value ?? 'true', span: valueSpan(span, equals) }]);
    }
  }
  return new Flags(values);
}

/** The span of the value: after `=`, unless quotes or escapes before it move it. */
function valueSpan(span: Word['span'], equals: number): Word['span'] {
  const written = span.source.text.slice(span.start, span.end).indexOf('=');
  return equals < 0 || written < 0 ? span : span.source.span(span.start + written + 1, span.end);
}
