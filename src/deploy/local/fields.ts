/** What is wrong with an object, or has no effect. `path`: where in the object, such as `spec.replicas`. */
export interface FieldReport {
  problem(path: string, detail: string): void;
  note(path: string, detail: string): void;
}

/**
 * Reads the fields of a manifest and remembers which. Every field that is present and was not read is reported by
 * `rest`, so no field is ignored silently. A field of another type is a problem and reads as absent.
 */
export class Fields {
  readonly #value: Readonly<Record<string, unknown>>;
  readonly #path: string;
  readonly #report: FieldReport;
  readonly #read = new Set<string>();

  constructor(value: unknown, path: string, report: FieldReport) {
    this.#path = path;
    this.#report = report;
    this.#value = isRecord(value) ? value : {};
    if (value !== undefined && value !== null && !isRecord(value)) report.problem(path, 'must be an object');
  }

  get keys(): readonly string[] {
    return Object.keys(this.#value);
  }

  has(key: string): boolean {
    return this.#get(key) !== undefined;
  }

  text(key: string): string | undefined {
    return this.#typed(key, 'text', (value) => (typeof value === 'string' ? value : undefined));
  }

  number(key: string): number | undefined {
    return this.#typed(key, 'a number', (value) => (typeof value === 'number' ? value : undefined));
  }

  flag(key: string): boolean | undefined {
    return this.#typed(key, '`true` or `false`', (value) => (typeof value === 'boolean' ? value : undefined));
  }

  /** A number, or the name of a port. */
  portReference(key: string): number | string | undefined {
    return this.#typed(key, 'a number or a name', (value) =>
      typeof value === 'number'
        ? value
        : typeof value === 'string'
          ? /^\d+$/.test(value)
            ? Number(value)
            : value
          : undefined,
    );
  }

  /** A number or text, such as a quantity. */
  scalar(key: string): string | undefined {
    return this.#typed(key, 'text or a number', (value) =>
      typeof value === 'string' || typeof value === 'number' ? String(value) : undefined,
    );
  }

  texts(key: string): readonly string[] | undefined {
    return this.#typed(key, 'a list of texts', (value) =>
      Array.isArray(value) && value.every((each) => typeof each === 'string') ? value : undefined,
    );
  }

  numbers(key: string): readonly number[] {
    const list = this.#typed(key, 'a list of numbers', (value) =>
      Array.isArray(value) && value.every((each) => typeof each === 'number') ? value : undefined,
    );
    return list ?? [];
  }

  /** A map of texts. */
  textMap(key: string): Readonly<Record<string, string>> {
    const map = this.#typed(key, 'a map of texts', (value) =>
      isRecord(value) && Object.values(value).every((each) => typeof each === 'string')
        ? (value as Record<string, string>)
        : undefined,
    );
    return map ?? {};
  }

  child(key: string): Fields | undefined {
    const value = this.#get(key);
    return value === undefined ? undefined : new Fields(value, this.path(key), this.#report);
  }

  children(key: string): readonly Fields[] {
    const list = this.#typed(key, 'a list', (value) => (Array.isArray(value) ? (value as unknown[]) : undefined)) ?? [];
    return list.map((each, i) => new Fields(each, `${this.path(key)}[${i}]`, this.#report));
  }

  /** Marks fields that mean nothing without a cluster, or that Slipway does not need. */
  ignore(...keys: readonly string[]): this {
    for (const key of keys) this.#read.add(key);
    return this;
  }

  /** Reports the fields that nothing has read. */
  rest(detail = 'has no effect on a container engine'): void {
    for (const key of this.keys)
      if (!this.#read.has(key) && this.#value[key] !== null) this.#report.note(this.path(key), detail);
  }

  problem(key: string | undefined, detail: string): void {
    this.#report.problem(key === undefined ? this.#path : this.path(key), detail);
  }

  note(key: string | undefined, detail: string): void {
    this.#report.note(key === undefined ? this.#path : this.path(key), detail);
  }

  path(key: string): string {
    return this.#path === '' ? key : `${this.#path}.${key}`;
  }

  #get(key: string): unknown {
    this.#read.add(key);
    const value = Object.hasOwn(this.#value, key) ? this.#value[key] : undefined;
    return value === null ? undefined : value;
  }

  #typed<T>(key: string, what: string, read: (value: unknown) => T | undefined): T | undefined {
    const value = this.#get(key);
    if (value === undefined) return undefined;
    const found = read(value);
    if (found === undefined) this.#report.problem(this.path(key), `must be ${what}`);
    return found;
  }
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
