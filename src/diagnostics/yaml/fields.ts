import { typeName, type Located, type LocatedEntry, type LocatedMap } from './located.ts';
import { problem, type Report } from '../problem.ts';
import type { Span } from '../source-text.ts';
import { suggest } from '../suggest.ts';
import { quoted } from '../../util/visible.ts';

/** Reads one value. `field` is its name in messages. */
export type Reader<T> = (node: Located, field: string, report: Report) => T | undefined;

/**
 * The fields of one map. A check reads each field by name. `finish` reports every field that was not read, so no
 * separate list of known fields is needed.
 */
export class Fields {
  readonly #asked = new Set<string>();
  /** Required fields that are missing, with an example of each. */
  readonly #missing = new Map<string, string | undefined>();
  readonly #entries: ReadonlyMap<string, LocatedEntry>;

  constructor(
    map: LocatedMap,
    /** The map's name in messages, such as `a container step`. */
    readonly where: string,
    /** Where a missing field is reported: the key of the map. */
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

  /**
   * Reads a required field. `finish` reports if it is missing.
   * @param example the whole field, for the help
   */
  required<T>(name: string, read: Reader<T>, example?: string): T | undefined {
    if (!this.#entries.has(name)) this.#missing.set(name, example);
    return this.optional(name, read);
  }

  /** Whether an unread entry is probably a misspelling of this field. */
  isMisspelt(name: string): boolean {
    return this.others().some(({ key }) => suggest(key, this.#asked) === name);
  }

  /** Returns the unread entries in the order of the file. */
  others(): readonly LocatedEntry[] {
    return [...this.#entries.values()].filter((entry) => !this.#asked.has(entry.key));
  }

  /** Reports unread entries, then missing fields. A required field with an unread misspelling is reported only once. */
  finish(): void {
    for (const [field, example] of this.#missing) {
      if (!this.isMisspelt(field))
        this.report(problem('W013', this.at, { field, where: this.where, ...(example !== undefined && { example }) }));
    }
    for (const entry of this.others())
      this.report(problem('W012', entry.keyAt, { field: entry.key, where: this.where, known: [...this.#asked] }));
  }
}

/**
 * Returns the fields of a value that must be a map. An empty value counts as an empty map, so that its missing fields
 * are reported.
 */
export function fieldsOf(entry: LocatedEntry, where: string, report: Report): Fields | undefined {
  const { value } = entry;
  if (value.kind === 'map') return new Fields(value, where, entry.keyAt, report);
  if (value.kind === 'scalar' && value.value === null)
    return new Fields({ kind: 'map', entries: [], at: value.at }, where, entry.keyAt, report);
  report(problem('W011', value.at, { field: quoted(entry.key), expected: 'a map', actual: typeName(value) }));
  return undefined;
}

/**
 * Returns the entries of a value that must be a map. An empty value has none.
 * @param field its name in messages
 */
export function entriesOf(entry: LocatedEntry, field: string, report: Report): readonly LocatedEntry[] {
  if (entry.value.kind === 'map') return entry.value.entries;
  if (entry.value.kind === 'list' || entry.value.value !== null) {
    report(problem('W011', entry.value.at, { field, expected: 'a map', actual: typeName(entry.value) }));
  }
  return [];
}
