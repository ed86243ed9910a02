import { typeName, type LocatedEntry } from '../../diagnostics/yaml/located.ts';
import { problem } from '../problem.ts';
import type { Report } from '../../diagnostics/problem.ts';
import { quoted } from '../../util/visible.ts';
import { entriesOf, fieldsOf, type Fields } from '../../diagnostics/yaml/fields.ts';
import { readName, readString, type Text } from '../../diagnostics/yaml/read-scalar.ts';
import type { SecretEntry, SecretSource } from './operator-file.ts';
import type { PathReader } from './read-path.ts';

const kinds = ['file', 'environment', 'helper'] as const;
const parts = ['secret', 'username'] as const;

/** Checks `secrets`: each is a map from keys to sources, or one Kubernetes Secret. */
export function checkSecrets(
  entry: LocatedEntry | undefined,
  readPath: PathReader,
  report: Report,
): ReadonlyMap<string, SecretEntry> {
  const secrets = new Map<string, SecretEntry>();
  for (const secret of entry ? entriesOf(entry, quoted(entry.key), report) : []) {
    if (secret.key.trim() === '') report(problem('W014', secret.keyAt, { field: 'the name of a secret' }));
    const checked = checkSecret(secret, readPath, report);
    if (checked) secrets.set(secret.key, checked);
  }
  return secrets;
}

function checkSecret(
  { key: name, keyAt: at, value }: LocatedEntry,
  readPath: PathReader,
  report: Report,
): SecretEntry | undefined {
  if (value.kind !== 'map') {
    report(
      problem('W011', value.at, {
        field: `secret ${quoted(name)}`,
        expected: 'a map of keys',
        actual: typeName(value),
      }),
    );
    return undefined;
  }
  if (value.entries.length === 0) report(problem('W014', value.at, { field: `secret ${quoted(name)}` }));
  const kubernetes = value.entries.find(({ key, value: { kind } }) => key === 'kubernetes' && kind === 'scalar');
  if (kubernetes) {
    // Other keys beside `kubernetes` are a contradiction.
    const [other] = value.entries.filter((one) => one !== kubernetes);
    if (other)
      report(problem('W066', other.keyAt, { what: `secret ${quoted(name)}`, fields: ['kubernetes', other.key] }));
    const secret = readName(kubernetes.value, quoted('kubernetes'), report);
    return secret && { kubernetes: secret.text, at };
  }
  const keys = new Map<string, SecretSource>();
  for (const entry of value.entries) {
    const source = checkKey(entry, name, readPath, report);
    if (source) keys.set(entry.key, source);
  }
  return { keys, at };
}

function checkKey(entry: LocatedEntry, secret: string, readPath: PathReader, report: Report): SecretSource | undefined {
  const { key, keyAt } = entry;
  const field = `key ${quoted(key)} of secret ${quoted(secret)}`;
  // Keys become environment variables (`secretName`).
  if (key === '') report(problem('W014', keyAt, { field: `a key of secret ${quoted(secret)}` }));
  else if (key.includes('=')) report(problem('W029', keyAt, { field, character: '=' }));
  else if (key.includes('\0')) report(problem('W029', keyAt, { field, character: 'NUL' }));
  const fields = fieldsOf(entry, field, report);
  return fields && checkSource(fields, field, readPath);
}

function checkSource(fields: Fields, what: string, readPath: PathReader): SecretSource | undefined {
  const { at, report } = fields;
  const written = kinds.flatMap((kind) => fields.entry(kind) ?? []);
  const file = fields.optional('file', readPath);
  const environment = fields.optional('environment', readVariable);
  const helper = fields.optional('helper', readHelper);
  const helps = fields.entry('helper') !== undefined;
  const server = helps ? fields.required('server', readName, '`server: registry.example.org`') : undefined;
  const part = helps ? fields.optional('part', readPart) : undefined;
  const unknown = fields.others();
  fields.finish();
  const [, second] = written;
  if (second) report(problem('W066', second.keyAt, { what, fields: written.map(({ key }) => key) }));
  // A misspelt source was already reported as an unknown field.
  else if (written.length === 0 && unknown.length === 0) report(problem('W067', at, { what }));
  if (file !== undefined) return { file, at };
  if (environment) return { environment: environment.text, at };
  return helper && server && { helper: helper.text, server: server.text, part: part ?? 'secret', at };
}

const readVariable: Reader = (node, field, report) => {
  const name = readName(node, field, report);
  if (!name?.text.includes('=')) return name;
  report(problem('W029', name.at, { field, character: '=' }));
  return undefined;
};

/** Reads the suffix of the program's name. It must not be a path: the program is searched in PATH. */
const readHelper: Reader = (node, field, report) => {
  const name = readName(node, field, report);
  if (!name || /^[\w][\w.-]*$/.test(name.text)) return name;
  report(problem('W077', name.at, { field, value: name.text, what: 'credential helper name', example: 'pass' }));
  return undefined;
};

function readPart(node: Parameters<Reader>[0], field: string, report: Report): 'secret' | 'username' | undefined {
  const written = readString(node, field, report);
  const part = parts.find((known) => known === written?.text);
  if (written && !part)
    report(
      problem('W077', written.at, { field, value: written.text, what: 'field of the response', example: 'username' }),
    );
  return part;
}

type Reader = (node: LocatedEntry['value'], field: string, report: Report) => Text | undefined;
