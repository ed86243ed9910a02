import type { PodTemplate } from '../../../model/kubernetes-settings.ts';
import { fillContainer, helperContainer } from './control-volume.ts';
import type { Pod } from '../../../clusters/pods/pod-types.ts';

type Json = Readonly<Record<string, unknown>>;

/**
 * Merges a pod over the operator's template. Our fields win. Maps merge deeply, named items merge by name, other lists
 * are appended.
 * In the template's `containers`, `slipway` means the helper, `step` every container of the step, `*` both, and a
 * container's name that container. All other containers run beside the step and stop with it.
 * @param defaults fields of the pod's specification that the template may override
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

/** A more specific name in the template wins. */
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

/** The fields that identify the items of lists. Lists that are not here are appended. */
const keys: Readonly<Record<string, string>> = {
  volumes: 'name',
  env: 'name',
  volumeMounts: 'mountPath',
  ports: 'containerPort',
  imagePullSecrets: 'name',
  hostAliases: 'ip',
};
/**
 * Lists whose items are replaced whole: half of an item makes no sense with half of another (a value and its source).
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
  // The words of a command belong together.
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
  // A volume has one kind, and ours decides it. A template can only set the sizes of an `emptyDir`.
  return isMap(under['emptyDir']) && isMap(over['emptyDir'])
    ? { ...over, emptyDir: merge(under['emptyDir'], over['emptyDir']) }
    : over;
}

function isMap(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
