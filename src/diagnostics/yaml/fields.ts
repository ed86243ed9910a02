import { typeName, type Located, type LocatedEntry, type LocatedMap } from './located.ts';
import { problem, type Report } from '../problem.ts';
import type { Span } from '../source-text.ts';
import { suggest } from '../suggest.ts';
import { quoted } from '../../util/visible.ts';

/** Reads one value, given how messages call it. */
export type Reader<T> = (node: Located, field: string, report: Report) => T | undefined;

/**
 * The fields of one map. Each is asked for by name; `finish` reports those that nobody asked for, so that the code that
 * reads a field is the only list of what there is.
 */
export class Fields {
  readonly #asked = new Set<string>();
  /** Required ones that are not there, with an example of each. */
  readonly #missing = new Map<string, string | undefined>();
  readonly #entries: ReadonlyMap<string, LocatedEntry>;

  constructor(
    map: LocatedMap,
    /** How messages call the whole: `a container step`. */
    readonly where: string,
    /** Where a missing field is reported: the key above the map. */
    readonly at: Span,
    readonly report: Report,
  ) {
    const entries = new Map<string, LocatedEntry>();
    for (const entry of map.entries) entries.set(entry.key, entry);
    this.#entries = entries;
  }

  entry(name: string): LocatedEntry | undefined {
    this.#asked.add(name);
    return this.#entries.get(name);
  }

  optional<T>(name: string, read: Reader<T>): T | undefined {
    const entry = this.entry(name);
    return entry && read(entry.value, quoted(name), this.report);
  }

  /** That it is missing is told by `finish`. @param example of the whole field, for the help */
  required<T>(name: string, read: Reader<T>, example?: string): T | undefined {
    if (!this.#entries.has(name)) this.#missing.set(name, example);
    return this.optional(name, read);
  }

  /** Whether one of the entries that nobody asked for was probably meant to be this one. */
  isMisspelt(name: string): boolean {
    return this.others().some(({ key }) => suggest(key, this.#asked) === name);
  }

  /** The entries that nobody asked for, in the order of the file. */
  others(): readonly LocatedEntry[] {
    return [...this.#entries.values()].filter((entry) => !this.#asked.has(entry.key));
  }

  /**
   * A field that is there under a name that nobody asked for has been told as that: that it is missing as well would be
   * said twice.
   */
  finish(): void {
    for (const [field, example] of this.#missing) {
      if (!this.isMisspelt(field))
        this.report(problem('W013', this.at, { field, where: this.where, ...(example !== undefined && { example }) }));
    }
    for (const entry of this.others())
      this.report(problem('W012', entry.keyAt, { field: entry.key, where: this.where, known: [...this.#asked] }));
  }
}

/** The fields of a value that has to be a map; an empty value counts as an empty map, so that what it lacks is told. */
export function fieldsOf(entry: LocatedEntry, where: string, report: Report): Fields | undefined {
  const { value } = entry;
  if (value.kind === 'map') return new Fields(value, where, entry.keyAt, report);
  if (value.kind === 'scalar' && value.value === null)
    return new Fields({ kind: 'map', entries: [], at: value.at }, where, entry.keyAt, report);
  report(problem('W011', value.at, { field: quoted(entry.key), expected: 'a map', actual: typeName(value) }));
  return undefined;
}

/** The entries of a value that has to be a map; empty is as good as an empty one. @param field how messages call it */
export function entriesOf(entry: LocatedEntry, field: string, report: Report): readonly LocatedEntry[] {
  if (entry.value.kind === 'map') return entry.value.entries;
  if (entry.value.kind === 'list' || entry.value.value !== null) {
    report(problem('W011', entry.value.at, { field, expected: 'a map', actual: typeName(entry.value) }));
  }
  return [];
}
