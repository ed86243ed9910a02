/** A run that is stored before a process plans and drives it, and the check of what other programs hand in as one. */
import type { Source, Trigger } from './event.ts';

/** A run that waits to be begun. Its `run.queued` event repeats all but `settings`. */
export interface QueuedRun {
  /** For lists, until the configuration is read. */
  readonly name: string;
  readonly source: Source;
  readonly trigger: Trigger;
  readonly annotations: Readonly<Record<string, string>>;
  readonly settings: RequestedRun;
}

/** What to run. Never contains a secret: it is stored as it is. */
export interface RequestedRun {
  /** A folder or configuration file, as `slipway run` takes it. */
  readonly path: string;
  /** What to check out first. Absent: the path as it is. */
  readonly ref?: string;
  /** The pipeline, where a repository has several. */
  readonly pipeline?: string;
  readonly environment?: string;
  readonly inputs?: Readonly<Record<string, string>>;
}

const mostAnnotations = 64;
const longestName = 128;
const longestText = 4_096;
const longestInput = 65_536;

/** Returns everything that is wrong with a queued run, one sentence each. Unknown fields are ignored. */
export function queuedRunProblems(value: unknown): readonly string[] {
  if (!isObject(value)) return ['a queued run must be an object'];
  const { name, source, trigger, annotations, settings } = value;
  return [
    ...textProblems('name', name, longestText),
    ...objectProblems('source', source, ['project', 'directory', 'file'], ['repository', 'commit', 'ref']),
    ...objectProblems('trigger', trigger, ['kind'], ['by', 'rerunOf']),
    ...mapProblems('annotations', annotations, longestText),
    ...objectProblems('settings', settings, ['path'], ['ref', 'pipeline', 'environment']),
    ...(isObject(settings) && settings['inputs'] !== undefined
      ? mapProblems('settings.inputs', settings['inputs'], longestInput)
      : []),
  ];
}

/** Throws a `TypeError` with everything that is wrong. */
export function checkQueuedRun(value: unknown): asserts value is QueuedRun {
  const problems = queuedRunProblems(value);
  if (problems.length > 0) throw new TypeError(problems.join('; '));
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function textProblems(at: string, value: unknown, longest: number): readonly string[] {
  if (typeof value !== 'string') return [`${at} must be a string`];
  return value.length > longest ? [`${at} is longer than ${longest} characters`] : [];
}

function objectProblems(
  at: string,
  value: unknown,
  required: readonly string[],
  optional: readonly string[],
): readonly string[] {
  if (!isObject(value)) return [`${at} must be an object`];
  const present = optional.filter((field) => value[field] !== undefined);
  return [...required, ...present].flatMap((field) => textProblems(`${at}.${field}`, value[field], longestText));
}

function mapProblems(at: string, value: unknown, longest: number): readonly string[] {
  if (!isObject(value)) return [`${at} must be an object`];
  const entries = Object.entries(value);
  return [
    ...(entries.length > mostAnnotations ? [`${at} has more than ${mostAnnotations} entries`] : []),
    ...entries.flatMap(([name, text]) => [
      ...(name === '' || name.length > longestName ? [`a name in ${at} must have 1 to ${longestName} characters`] : []),
      ...textProblems(`${at}.${name.slice(0, longestName)}`, text, longest),
    ]),
  ];
}
