import type { PodTemplate } from '../../../model/kubernetes-settings.ts';
import { fillContainer, helperContainer } from './control-volume.ts';
import type { Pod } from './pod-types.ts';

type Json = Readonly<Record<string, unknown>>;

/**
 * The operator's template under a pod of ours: what the template says, and over it what has to be as we say. Maps are
 * merged deeply, things with names by name, all other lists appended. In its `containers`, `slipway` means the helper,
 * `step` every container of the step, `*` both; one that has the name of a container of the step means that one, too;
 * all others run beside the step, and are stopped with it.
 * @param defaults of the pod's specification: what holds unless the template says otherwise
 */
export function overTemplate(template: PodTemplate | undefined, ours: Pod, defaults: Json = {}): Pod {
  const { metadata = {}, spec = {} } = template ?? {};
  const { containers = [], initContainers = [], ...rest } = spec;
  const { containers: ourContainers, initContainers: ourInitContainers = [], ...ourRest } = ours.spec;
  const theirs = named(containers);
  const merged = ourContainers.map((container) => underContainer(theirs, container));
  const names = new Set(['*', 'step', 'slipway', ...[...ourInitContainers, ...ourContainers].map(({ name }) => name)]);
  const inits = [...named(initContainers), ...ourInitContainers.map((container) => underContainer(theirs, container))];
  return {
    ...ours,
    metadata: merge(metadata, { ...ours.metadata }) as unknown as Pod['metadata'],
    spec: {
      ...(merge({ ...defaults, ...rest }, ourRest) as Omit<Pod['spec'], 'containers'>),
      ...(inits.length > 0 && { initContainers: inits }),
      containers: [...merged, ...theirs.filter(({ name }) => !names.has(name))] as Pod['spec']['containers'],
    },
  };
}

/** The more a name of the template says which container is meant, the more it counts. */
function underContainer(
  templates: readonly NamedThing[],
  ours: Pod['spec']['containers'][number],
): Pod['spec']['containers'][number] {
  const helps = ours.name === helperContainer || ours.name === fillContainer;
  const layers = ['*', helps ? helperContainer : 'step', ...(helps ? [] : [ours.name])];
  const meant = [...new Set(layers)].flatMap((layer) => templates.filter(({ name }) => name === layer));
  return [...meant, ours].reduce(merge, {}) as Pod['spec']['containers'][number];
}

type NamedThing = Json & { readonly name: string };

function named(list: unknown): readonly NamedThing[] {
  return (Array.isArray(list) ? list : []).filter(
    (item): item is NamedThing => isMap(item) && typeof item['name'] === 'string',
  );
}

/** The field that says which item of a list is which; the lists that have none are appended. */
const keys: Readonly<Record<string, string>> = {
  volumes: 'name',
  env: 'name',
  volumeMounts: 'mountPath',
  ports: 'containerPort',
  imagePullSecrets: 'name',
  hostAliases: 'ip',
};
/**
 * Lists of which an item says one thing only, so that half of another makes nonsense of it: a value and where it comes
 * from.
 */
const whole = new Set(['env', 'volumeMounts']);

function merge(under: Json, over: Json): Json {
  const merged: Record<string, unknown> = { ...under };
  for (const [field, value] of Object.entries(over)) {
    if (value !== undefined) merged[field] = mergeValue(field, under[field], value);
  }
  return merged;
}

function mergeValue(field: string, under: unknown, over: unknown): unknown {
  if (isMap(under) && isMap(over)) return merge(under, over);
  if (!Array.isArray(under) || !Array.isArray(over)) return over;
  const key = keys[field];
  // Words of a command mean something together.
  if (key === undefined)
    return field === 'command' || field === 'args' ? over : [...(under as unknown[]), ...(over as unknown[])];
  return mergeLists(under.filter(isMap), over.filter(isMap), key, field);
}

function mergeLists(under: readonly Json[], over: readonly Json[], key: string, field: string): readonly Json[] {
  const same = (item: Json) => over.find((other) => other[key] === item[key]);
  const kept = under.filter((item) => !same(item));
  return [
    ...kept,
    ...over.map((item) =>
      mergeItem(
        under.find((other) => other[key] === item[key]),
        item,
        field,
      ),
    ),
  ];
}

function mergeItem(under: Json | undefined, over: Json, field: string): Json {
  if (!under || whole.has(field)) return over;
  if (field !== 'volumes') return merge(under, over);
  // A volume is of one kind, and ours says which: of a template's it can have sizes only.
  return isMap(under['emptyDir']) && isMap(over['emptyDir'])
    ? { ...over, emptyDir: merge(under['emptyDir'], over['emptyDir']) }
    : over;
}

function isMap(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
