import { typeName, type Located } from '../../diagnostics/yaml/located.ts';
import { problem } from '../problem.ts';
import type { Report } from '../../diagnostics/problem.ts';
import type { StepPolicy } from '../../model/plan.ts';
import { quoted } from '../../util/visible.ts';
import { hasPlaceholder } from '../vars/placeholder.ts';
import type { Fields } from '../../diagnostics/yaml/fields.ts';
import { readDuration } from '../../diagnostics/yaml/read-duration.ts';
import { readBoolean, readInteger, readStrings, readWritten, type Text } from '../../diagnostics/yaml/read-scalar.ts';
import { readMemory } from '../../diagnostics/yaml/read-size.ts';
import { isPattern, leadsOutside, tidyPath } from './workspace-path.ts';

/** The fields that every step may have beside its type. They are Slipway's own additions to the language. */
export interface StepFields {
  readonly policy: StepPolicy;
  readonly artifacts: readonly string[];
  readonly cache: readonly string[];
  readonly env: readonly { readonly name: string; readonly value: Text }[];
  readonly memoryBytes?: number;
}

const mostRetries = 100;

export function readStepFields(fields: Fields): StepFields {
  const timeoutMs = fields.optional('timeout', withoutVariables(readDuration));
  const retries = fields.optional(
    'retries',
    withoutVariables((node, field, report) => readInteger(node, field, { from: 0, to: mostRetries }, report)),
  );
  const allowFailure = fields.optional('allow-failure', withoutVariables(readBoolean));
  const artifacts = fields.optional('artifacts', readArtifacts);
  const cache = fields.optional('cache', readCache);
  const env = fields.optional('env', readEnv);
  const memoryBytes = fields.optional('memory', withoutVariables(readMemory));
  return {
    policy: {
      ...(timeoutMs !== undefined && { timeoutMs }),
      retries: retries ?? 0,
      allowFailure: allowFailure ?? false,
    },
    artifacts: artifacts ?? [],
    cache: cache ?? [],
    env: env ?? [],
    ...(memoryBytes !== undefined && { memoryBytes }),
  };
}

type Read<T> = (node: Located, field: string, report: Report) => T | undefined;

/** Reports a `${name}` as an unsupported variable rather than as a wrong type. */
function withoutVariables<T>(read: Read<T>): Read<T> {
  return (node, field, report) => {
    if (node.kind !== 'scalar' || typeof node.value !== 'string' || !hasPlaceholder(node.value))
      return read(node, field, report);
    report(problem('W030', node.at, { field, text: node.value }));
    return undefined;
  };
}

/** Reads paths or globs inside the workspace, without duplicates. */
function readPaths(node: Located, field: string, report: Report): readonly Text[] | undefined {
  const texts = readStrings(node, field, report);
  const fit = texts?.filter(({ text, at }) => {
    if (hasPlaceholder(text)) report(problem('W030', at, { field, text }));
    else if (text.trim() === '') report(problem('W014', at, { field: `an item of ${field}` }));
    else if (leadsOutside(text)) report(problem('W027', at, { field, path: text }));
    else return true;
    return false;
  });
  return fit && [...new Map(fit.map((text) => [text.text, text])).values()];
}

function readArtifacts(node: Located, field: string, report: Report): readonly string[] | undefined {
  return readPaths(node, field, report)?.map(({ text }) => text);
}

function readCache(node: Located, field: string, report: Report): readonly string[] | undefined {
  const paths = readPaths(node, field, report)?.flatMap(({ text, at }) => {
    const path = tidyPath(text);
    const why = isPattern(text)
      ? 'is a pattern, but a cache is one file or folder'
      : path === ''
        ? 'is the whole workspace'
        : undefined;
    if (why !== undefined) report(problem('W028', at, { path: text, why }));
    return why === undefined ? [path] : [];
  });
  return paths && [...new Set(paths)];
}

/** Reads environment variables. Values may be numbers and booleans too, and keep their text as written. */
function readEnv(node: Located, field: string, report: Report): StepFields['env'] | undefined {
  if (node.kind !== 'map') {
    report(problem('W011', node.at, { field, expected: 'a map', actual: typeName(node) }));
    return undefined;
  }
  return node.entries.flatMap(({ key: name, keyAt, value }) => {
    if (name === '') report(problem('W014', keyAt, { field: `a name in ${field}` }));
    else if (name.includes('='))
      report(problem('W029', keyAt, { field: `the name ${quoted(name)} in ${field}`, character: '=' }));
    else if (name.includes('\0')) report(problem('W029', keyAt, { field: `a name in ${field}`, character: 'NUL' }));
    const text = readWritten(value, `${field} ${quoted(name)}`, report);
    return text ? [{ name, value: text }] : [];
  });
}
