/** `RUN --mount=…`: one line of CSV with `key=value` fields. */

export interface MountOption {
  /** In lower case. */
  readonly key: string;
  /** With variables, which are not expanded yet. Absent for a word alone, such as `ro`. */
  readonly value?: string;
}

/** Parses the options. Returns `undefined` for invalid quotes. */
export function mountOptions(text: string): readonly MountOption[] | undefined {
  const fields: string[] = [];
  for (let at = 0; ; at++) {
    const quoted = text[at] === '"';
    const [field, end] = quoted ? quotedField(text, at) : plainField(text, at);
    if (field === undefined) return undefined;
    fields.push(field);
    at = end;
    if (at >= text.length) break;
    if (text[at] !== ',') return undefined;
  }
  return fields.map((field) => {
    const at = field.indexOf('=');
    return at < 0
      ? { key: field.toLowerCase() }
      : { key: field.slice(0, at).toLowerCase(), value: field.slice(at + 1) };
  });
}

type Field = readonly [field: string | undefined, end: number];

/** A quote inside of a plain field is a mistake. */
function plainField(text: string, start: number): Field {
  const comma = text.indexOf(',', start);
  const end = comma < 0 ? text.length : comma;
  const field = text.slice(start, end);
  return [field.includes('"') ? undefined : field, end];
}

/** Two quotes inside of quotes are one quote. */
function quotedField(text: string, start: number): Field {
  let field = '';
  for (let at = start + 1; ; at++) {
    const quote = text.indexOf('"', at);
    if (quote < 0) return [undefined, text.length];
    field += text.slice(at, quote);
    at = quote;
    if (text[at + 1] !== '"') return [field, at + 1];
    field += '"';
    at++;
  }
}
