import { plainValue, typeName, type Located, type LocatedEntry } from '../../diagnostics/yaml/located.ts';
import { problem } from '../problem.ts';
import type { Report } from '../../diagnostics/problem.ts';
import { quoted } from '../../util/visible.ts';
import type { PodTemplate } from '../../model/kubernetes-settings.ts';
import { entriesOf, fieldsOf } from '../../diagnostics/yaml/fields.ts';
import { readItems, readName } from '../../diagnostics/yaml/read-scalar.ts';

/** What to do instead, by field name. */
type SetByUs = Readonly<Record<string, string>>;

const instead = {
  namespace: 'set the namespace in `clusters` or in the context of the kubeconfig',
  name: 'remove it: Slipway derives the name from run, step and attempt, to find the pod after a crash',
  restart: 'remove it, and use `retries` of the step',
  helper: 'set the image in `helperImage` of `kubernetes`',
  step: "remove it: the step's own value applies",
  label: 'use a label with another name: Slipway finds its pods by this one',
  volume: 'rename the volume; for this one, only `emptyDir` with a `sizeLimit` can be set',
  mount: 'mount it elsewhere',
} as const;

const metadataOfOurs: SetByUs = {
  name: instead.name,
  generateName: instead.name,
  namespace: instead.namespace,
  ownerReferences: 'remove it: if Slipway runs in a pod, that pod owns the step’s pods',
};
const specOfOurs: SetByUs = {
  restartPolicy: instead.restart,
  ephemeralContainers: 'remove it: Kubernetes creates no pods with them',
};
const containerOfOurs: SetByUs = {
  image: instead.step,
  imagePullPolicy: 'use `--pull`',
  command: instead.step,
  args: instead.step,
  workingDir: instead.step,
};
const labelsOfOurs = ['app.kubernetes.io/managed-by', 'app.kubernetes.io/name', 'app.kubernetes.io/component'];
/** The names for Slipway's containers in a template: the helper, the step's containers, both. */
const ourContainers = ['slipway', 'step', '*'];

/**
 * Checks `podTemplate`. Kubernetes validates it later. Fields that Slipway sets itself would have no effect, so they
 * are errors with advice.
 */
export function checkPodTemplate(entry: LocatedEntry | undefined, report: Report): PodTemplate | undefined {
  const fields = entry && fieldsOf(entry, '`podTemplate`', report);
  if (!fields) return undefined;
  const metadata = fields.entry('metadata');
  const spec = fields.entry('spec');
  fields.finish();
  if (metadata) checkMetadata(metadata, report);
  if (spec) checkSpec(spec, report);
  return { ...(metadata && { metadata: plainMap(metadata) }), ...(spec && { spec: plainMap(spec) }) };
}

function plainMap({ value }: LocatedEntry): Readonly<Record<string, unknown>> {
  return value.kind === 'map' ? (plainValue(value) as Record<string, unknown>) : {};
}

function checkMetadata(metadata: LocatedEntry, report: Report): void {
  for (const entry of refused(metadata, 'metadata', metadataOfOurs, report)) {
    if (entry.key !== 'labels') continue;
    for (const { key, keyAt } of entriesOf(entry, quoted('labels'), report)) {
      if (key.startsWith('slipway.dev/') || labelsOfOurs.includes(key))
        report(problem('W078', keyAt, { field: quoted(key), help: instead.label }));
    }
  }
}

function checkSpec(spec: LocatedEntry, report: Report): void {
  for (const entry of refused(spec, 'spec', specOfOurs, report)) {
    if (entry.key === 'containers') checkContainers(entry, report);
    else if (entry.key === 'initContainers') {
      for (const { name, at } of namedItems(entry, report))
        if (ourContainers.includes(name))
          report(problem('W078', at, { field: `the init container ${quoted(name)}`, help: 'rename it' }));
    } else if (entry.key === 'volumes') checkVolumes(entry, report);
  }
}

function checkContainers(entry: LocatedEntry, report: Report): void {
  for (const { name, fields, at } of namedItems(entry, report)) {
    const field = (key: string) => fields.find((one) => one.key === key);
    if (ourContainers.includes(name)) {
      for (const { key, keyAt } of fields) {
        const help = containerOfOurs[key];
        if (help !== undefined)
          report(
            problem('W078', keyAt, {
              field: `${quoted(key)} of container ${quoted(name)}`,
              help: name === 'slipway' && key === 'image' ? instead.helper : help,
            }),
          );
      }
    } else if (name.startsWith('slipway'))
      report(problem('W078', at, { field: `the container ${quoted(name)}`, help: 'rename it' }));
    // A container of another name runs beside the step, so it requires an image. Without one, its name is probably a
    // misspelt `step`.
    else if (!field('image'))
      report(
        problem('W013', at, {
          field: 'image',
          where: `the container ${quoted(name)}, which runs beside the step`,
          example: '`image: registry.example.org/proxy:1`',
        }),
      );
    const mounts = field('volumeMounts')?.value;
    for (const mount of mounts?.kind === 'list' ? mounts.items : []) checkMount(mount, report);
  }
}

function checkMount(mount: Located, report: Report): void {
  const path = mount.kind === 'map' ? mount.entries.find(({ key }) => key === 'mountPath')?.value : undefined;
  if (path?.kind !== 'scalar') return;
  // Slipway mounts the workspace and its own volumes here.
  if (/^\/(?:mnt\/repo$|\.slipway)/.test(path.text))
    report(problem('W078', path.at, { field: `the mount ${quoted(path.text)}`, help: instead.mount }));
}

function checkVolumes(entry: LocatedEntry, report: Report): void {
  for (const { name, fields, at } of namedItems(entry, report)) {
    const isOurs = /^(?:workspace|script|mount-\d+|slipway-.*)$/.test(name);
    if (isOurs && fields.some(({ key }) => key !== 'name' && key !== 'emptyDir'))
      report(problem('W078', at, { field: `the volume ${quoted(name)}`, help: instead.volume }));
  }
}

/** Reports the fields that Slipway sets, and returns the others. */
function refused(entry: LocatedEntry, where: string, ours: SetByUs, report: Report): readonly LocatedEntry[] {
  return entriesOf(entry, quoted(entry.key), report).filter(({ key, keyAt }) => {
    const help = Object.hasOwn(ours, key) ? ours[key] : undefined;
    if (help !== undefined) report(problem('W078', keyAt, { field: `${quoted(key)} of ${quoted(where)}`, help }));
    return help === undefined;
  });
}

interface NamedItem {
  readonly name: string;
  readonly fields: readonly LocatedEntry[];
  readonly at: Located['at'];
}

/** Returns the items of a list of maps with names. They are merged with Slipway's own items by name. */
function namedItems(entry: LocatedEntry, report: Report): readonly NamedItem[] {
  const names = new Set<string>();
  return (readItems(entry.value, quoted(entry.key), report) ?? []).flatMap((item, i) => {
    const what = `${quoted(entry.key)} item ${i + 1}`;
    if (item.kind !== 'map') {
      report(problem('W011', item.at, { field: what, expected: 'a map', actual: typeName(item) }));
      return [];
    }
    const written = item.entries.find(({ key }) => key === 'name');
    if (!written) report(problem('W013', item.at, { field: 'name', where: what }));
    const name = written && readName(written.value, `${quoted('name')} of ${what}`, report);
    if (!name) return [];
    if (names.has(name.text)) report(problem('W079', name.at, { name: name.text, list: entry.key }));
    names.add(name.text);
    return [{ name: name.text, fields: item.entries, at: name.at }];
  });
}
