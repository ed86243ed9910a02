import type { Manifest } from '../kubernetes-object.ts';
import { isMap } from '../manifests/map-fields.ts';
import { parseManifests } from '../manifests/parse-manifests.ts';
import { failed, succeeded, type Outcome } from '../../model/outcome.ts';

/** A release as `helm` prints it as JSON: the last revision, or what a dry run would make. */
export interface ReleaseJson {
  readonly revision: number;
  /** `deployed`, `failed`, `pending-upgrade`, `uninstalled`, … */
  readonly status: string;
  readonly description: string;
  readonly objects: readonly Manifest[];
  readonly hooks: readonly Hook[];
  readonly notes: string;
  /** The values that the user gave. */
  readonly values: unknown;
  /** Absent in the status of a release. */
  readonly chart?: ChartJson;
}

export interface Hook {
  /** `pre-install`, `test`, … */
  readonly events: readonly string[];
  /** `before-hook-creation`, … Empty: the default. */
  readonly deletePolicies: readonly string[];
  readonly manifest: Manifest;
}

export interface ChartJson {
  /** What `Chart.yaml` has. */
  readonly metadata: Readonly<Record<string, unknown>>;
  readonly values: unknown;
}

/** Reads a release. Helm 3 and 4 print the fields that are read here alike. Failure: `render-failed`. */
export function readReleaseJson(text: string, source: string): Outcome<ReleaseJson> {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    json = undefined;
  }
  if (!isMap(json) || !isMap(json['info']))
    return failed({ code: 'render-failed', source, detail: `helm did not print a release: ${firstLine(text)}` });
  const objects = manifestsOf(textAt(json, 'manifest'), source);
  if (objects.status !== 'succeeded') return objects;
  const hooks: Hook[] = [];
  for (const hook of listAt(json, 'hooks')) {
    const parsed = manifestsOf(textAt(hook, 'manifest'), source);
    if (parsed.status !== 'succeeded') return parsed;
    for (const manifest of parsed.value)
      hooks.push({ manifest, events: textsAt(hook, 'events'), deletePolicies: textsAt(hook, 'delete_policies') });
  }
  const chart = json['chart'];
  return succeeded({
    revision: typeof json['version'] === 'number' ? json['version'] : 0,
    status: textAt(json['info'], 'status'),
    description: textAt(json['info'], 'description'),
    objects: objects.value,
    hooks,
    notes: textAt(json['info'], 'notes'),
    values: json['config'] ?? {},
    ...(isMap(chart) &&
      isMap(chart['metadata']) && {
        chart: { metadata: chart['metadata'], values: chart['values'] ?? {} },
      }),
  });
}

/** Returns the objects of a text that Helm printed. Failure: `render-failed`, with the first mistake. */
export function manifestsOf(text: string, source: string): Outcome<readonly Manifest[]> {
  const { manifests, problems } = parseManifests(text, source);
  const [problem] = problems;
  if (!problem) return succeeded(manifests);
  const line = text.split('\n')[problem.line - 1]?.trim() ?? '';
  const detail = `line ${problem.line} of what the chart renders: ${problem.message}\n${line}`;
  return failed({ code: 'render-failed', source, detail });
}

type Fields = Readonly<Record<string, unknown>>;

function textAt(fields: Fields, name: string): string {
  const value = fields[name];
  return typeof value === 'string' ? value : '';
}

function listAt(fields: Fields, name: string): readonly Fields[] {
  const value = fields[name];
  return Array.isArray(value) ? value.filter(isMap) : [];
}

function textsAt(fields: Fields, name: string): readonly string[] {
  const value = fields[name];
  return Array.isArray(value) ? value.filter((item) => typeof item === 'string') : [];
}

function firstLine(text: string): string {
  return text.trim().split('\n', 1)[0] ?? '';
}
