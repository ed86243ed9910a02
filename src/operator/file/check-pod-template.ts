import { plainValue, typeName, type Located, type LocatedEntry } from '../../diagnostics/yaml/located.ts';
import { problem, type Report } from '../../diagnostics/problem.ts';
import { quoted } from '../../util/visible.ts';
import type { PodTemplate } from '../../model/kubernetes-settings.ts';
import { entriesOf, fieldsOf } from '../../diagnostics/yaml/fields.ts';
import { readItems, readName } from '../../diagnostics/yaml/read-scalar.ts';

/** By name, what to do instead. */
type SetByUs = Readonly<Record<string, string>>;

const instead = {
  namespace: 'write the namespace into `clusters`, or into the context of the kubeconfig',
  name: 'leave it out: the name is made of the run, the step and the attempt, so that a pod is found again after a crash',
  restart: 'leave it out: a step is tried again by its own `retries`',
  helper: 'write the image into `helperImage` of `kubernetes`',
  step: "leave it out: it is the step's own",
  label: 'use a label of another name: runs are found by this one',
  volume: 'give the volume another name; of this one only `emptyDir` with a `sizeLimit` can be said',
  mount: 'mount it elsewhere',
} as const;

const metadataOfOurs: SetByUs = {
  name: instead.name,
  generateName: instead.name,
  namespace: instead.namespace,
  ownerReferences: 'leave it out: pods belong to the pod that Slipway runs in, if it runs in one',
};
const specOfOurs: SetByUs = {
  restartPolicy: instead.restart,
  ephemeralContainers: 'leave it out: a pod cannot be made with them',
};
const containerOfOurs: SetByUs = {
  image: instead.step,
  imagePullPolicy: 'use `--pull`',
  command: instead.step,
  args: instead.step,
  workingDir: instead.step,
};
const labelsOfOurs = ['app.kubernetes.io/managed-by', 'app.kubernetes.io/name', 'app.kubernetes.io/component'];
/** In a template: the helper, the step's containers, both. */
const ourContainers = ['slipway', 'step', '*'];

/**
 * `podTemplate`: anything that Kubernetes takes, which judges it; but what has to be as Slipway says would only look as
 * if it counted, so that is a mistake, told with what to do instead.
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
          report(problem('W078', at, { field: `the init container ${quoted(name)}`, help: 'give it another name' }));
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
      report(problem('W078', at, { field: `the container ${quoted(name)}`, help: 'give it another name' }));
    // One of a name that means nothing runs beside the step; a misspelt `step` is likelier than one without an image.
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
  // Where the workspace and our own volumes are, for as long as a pod lives.
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

/** Reports what we set; the rest is handed back. */
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

/** The items of a list of maps that have names, by which they are laid under ours. */
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
