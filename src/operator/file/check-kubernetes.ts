import { typeName, type Located, type LocatedEntry } from '../../diagnostics/yaml/located.ts';
import { problem } from '../problem.ts';
import type { Report } from '../../diagnostics/problem.ts';
import { quoted } from '../../util/visible.ts';
import {
  defaultPodUser,
  type ClusterBuilder,
  type KubernetesSettings,
  type PodUser,
} from '../../model/kubernetes-settings.ts';
import { fieldsOf } from '../../diagnostics/yaml/fields.ts';
import { readDuration } from '../../diagnostics/yaml/read-duration.ts';
import { readBoolean, readInteger, readName } from '../../diagnostics/yaml/read-scalar.ts';
import { checkPodTemplate } from './check-pod-template.ts';

/** The Kubernetes settings of one file. The other file may have the missing ones. */
export type KubernetesPart = Partial<Omit<KubernetesSettings, 'restricted'>> & {
  /** `no`: explicitly the users of the images. */
  readonly restricted?: PodUser | 'no';
};

const builders = ['kaniko', 'buildah'] as const;
/** Kubernetes user ids have 31 bits. `restricted` excludes 0, which is root. */
const largestId = 2 ** 31 - 1;

/** Checks `kubernetes`: how steps run as pods. */
export function checkKubernetes(entry: LocatedEntry | undefined, report: Report): KubernetesPart {
  const fields = entry && fieldsOf(entry, '`kubernetes`', report);
  if (!fields) return {};
  const helperImage = fields.optional('helperImage', readName)?.text;
  const builder = checkBuilder(fields.entry('builder'), report);
  const restricted = checkRestricted(fields.entry('restricted'), report);
  const unschedulableAfterMs = fields.optional('unschedulableAfter', readDuration);
  const podTemplate = checkPodTemplate(fields.entry('podTemplate'), report);
  fields.finish();
  return {
    ...(helperImage !== undefined && { helperImage }),
    ...(builder && { builder }),
    ...(restricted && { restricted }),
    ...(unschedulableAfterMs !== undefined && { unschedulableAfterMs }),
    ...(podTemplate && { podTemplate }),
  };
}

function checkBuilder(entry: LocatedEntry | undefined, report: Report): ClusterBuilder | undefined {
  const fields = entry && fieldsOf(entry, '`builder`', report);
  if (!fields) return undefined;
  const kind = fields.required('kind', readKind, '`kind: kaniko`');
  const image = fields.required('image', readName, '`image: registry.example.org/tools/executor:v1.24.0`');
  fields.finish();
  return kind && image && { kind, image: image.text };
}

function readKind(node: Located, field: string, report: Report): ClusterBuilder['kind'] | undefined {
  const written = readName(node, field, report);
  const kind = builders.find((known) => known === written?.text);
  if (written && !kind)
    report(
      problem('W077', written.at, {
        field,
        value: written.text,
        what: `builder (known builders: ${builders.join(', ')})`,
        example: builders[0],
      }),
    );
  return kind;
}

/** Checks `restricted`: `true`, `false`, or a user. */
function checkRestricted(entry: LocatedEntry | undefined, report: Report): PodUser | 'no' | undefined {
  if (!entry) return undefined;
  if (entry.value.kind !== 'map') {
    if (entry.value.kind === 'scalar' && entry.value.value !== null) {
      const restricted = readBoolean(entry.value, quoted(entry.key), report);
      return restricted === undefined ? undefined : restricted ? defaultPodUser : 'no';
    }
    report(
      problem('W011', entry.value.at, {
        field: quoted(entry.key),
        expected: 'a boolean, or a map of `user` and `group`',
        actual: typeName(entry.value),
      }),
    );
    return undefined;
  }
  const fields = fieldsOf(entry, '`restricted`', report);
  const user = fields?.optional('user', (node, field) => readInteger(node, field, { from: 1, to: largestId }, report));
  const group = fields?.optional('group', (node, field) =>
    readInteger(node, field, { from: 0, to: largestId }, report),
  );
  fields?.finish();
  return { user: user ?? defaultPodUser.user, group: group ?? defaultPodUser.group };
}
