import { jobResource } from '../../clusters/job-resource.ts';
import type { KubernetesObject } from '../kubernetes-object.ts';

/** What a job of Slipway runs, and how it is found. */
export interface JobRequest {
  /** The name of the job: a pure function of run, step and attempt. */
  readonly name: string;
  readonly namespace: string;
  /** For the job and its pods. */
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
  readonly container: JobContainer;
  /** The job that the configuration has. Absent: one with nothing but the container. */
  readonly base?: KubernetesObject;
}

export interface JobContainer {
  readonly name: string;
  readonly image: string;
  /** Empty: as the job has it, else the entrypoint of the image. */
  readonly command: readonly string[];
  readonly args: readonly string[];
  readonly env: ReadonlyMap<string, string>;
}

/** A job as it is sent. */
export interface JobObject extends KubernetesObject {
  readonly metadata: KubernetesObject['metadata'] & { readonly name: string; readonly uid?: string };
}

type Fields = Readonly<Record<string, unknown>>;

/**
 * What a job needs so that its only pod is its result (kubernetes.io, "Jobs"). A suspended Job never starts, and other rules would
 * replace a pod that failed, or count without one. Slipway removes the job once it has read its output.
 */
const once = {
  ...{ suspend: false, parallelism: 1, completions: 1, backoffLimit: 0 },
  ...{ backoffLimitPerIndex: undefined, maxFailedIndexes: undefined },
  ...{ podFailurePolicy: undefined, successPolicy: undefined, ttlSecondsAfterFinished: undefined },
};

/**
 * Returns the job. Its first container gets the fields of the request, and keeps the others of the base: resources, mounts,
 * variables of other names. One pod runs once, because its result is the result of the step.
 */
export function jobObject({ name, namespace, labels, annotations, container, base }: JobRequest): JobObject {
  const spec = fieldsOf(base?.['spec']);
  const template = fieldsOf(spec['template']);
  const pod = fieldsOf(template['spec']);
  const [first, ...others] = Array.isArray(pod['containers']) ? (pod['containers'] as readonly unknown[]) : [];
  return {
    apiVersion: jobResource.apiVersion,
    kind: jobResource.kind,
    metadata: marked({ ...base?.metadata, name, namespace }, labels, annotations),
    spec: {
      ...spec,
      ...once,
      template: {
        ...template,
        metadata: marked(fieldsOf(template['metadata']), labels, annotations),
        spec: { ...pod, restartPolicy: 'Never', containers: [containerOf(fieldsOf(first), container), ...others] },
      },
    },
  };
}

function marked<T extends Fields>(metadata: T, labels: JobRequest['labels'], annotations: JobRequest['annotations']) {
  return {
    ...metadata,
    labels: { ...fieldsOf(metadata['labels']), ...labels } as Record<string, string>,
    annotations: { ...fieldsOf(metadata['annotations']), ...annotations } as Record<string, string>,
  };
}

function containerOf(base: Fields, { name, image, command, args, env }: JobContainer): Fields {
  const before = Array.isArray(base['env']) ? (base['env'] as readonly unknown[]) : [];
  const kept = before.filter((variable) => !env.has(String(fieldsOf(variable)['name'])));
  return {
    ...base,
    ...{ name, image },
    // Other arguments belong to another command.
    ...(command.length > 0 && { command: command.map(literal), args: [] }),
    ...(args.length > 0 && { args: args.map(literal) }),
    env: [...kept, ...[...env].map(([variable, value]) => ({ name: variable, value: literal(value) }))],
  };
}

/** Kubernetes replaces `$(NAME)`. Engines do not, so a container is the same in both places. */
function literal(text: string): string {
  return text.replaceAll('$(', '$$$$(');
}

function fieldsOf(value: unknown): Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Fields) : {};
}
