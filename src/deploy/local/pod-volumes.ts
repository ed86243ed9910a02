import { Buffer } from 'node:buffer';
import { podAddressMark, type LocalFile, type LocalVolume } from '../../runtime/local-deployments.ts';
import type { ConfigKind } from './config-objects.ts';
import type { Fields } from './fields.ts';
import { fieldValue } from './pod-environment.ts';
import type { PodScope } from './pod-scope.ts';
import { parseQuantity } from './quantity.ts';

/** Kubernetes' own default. */
const defaultMode = 0o644;

export interface VolumeContext {
  readonly scope: PodScope;
  /** `fsGroup` of the pod: the group of the files. */
  readonly group: number | undefined;
  /** Returns the engine's volume of a claim (`NAMESPACE/NAME`). */
  readonly claimVolume: (claim: string) => string;
}

/** Returns the volumes of a pod. Reports those that an engine cannot provide. */
export function podVolumes(pod: Fields, context: VolumeContext): readonly LocalVolume[] {
  return pod.children('volumes').flatMap((volume) => {
    const name = volume.text('name') ?? '';
    const found = volumeSource(volume, context);
    const type = volume.keys.find((key) => key !== 'name');
    if (found === undefined) volume.problem(type, 'volumes of this type are not supported on a container engine');
    volume.ignore(...volume.keys);
    return found === undefined ? [] : [{ name, ...found }];
  });
}

type Source = LocalVolume extends infer V ? (V extends LocalVolume ? Omit<V, 'name'> : never) : never;

function volumeSource(volume: Fields, context: VolumeContext): Source | undefined {
  const empty = volume.child('emptyDir');
  if (empty !== undefined) return emptyDir(empty);
  const host = volume.child('hostPath');
  if (host !== undefined) return hostPath(host);
  const claim = volume.child('persistentVolumeClaim');
  if (claim !== undefined) {
    const name = `${context.scope.namespace}/${claim.text('claimName') ?? ''}`;
    claim.ignore('readOnly').rest();
    return { kind: 'claim', claim: name, volume: context.claimVolume(name) };
  }
  const projected = volume.child('projected');
  if (projected !== undefined) {
    const mode = projected.number('defaultMode') ?? defaultMode;
    const files = projected.children('sources').flatMap((source) => filesOf(source, mode, context, 'name'));
    projected.rest();
    return { kind: 'files', files: lastOfEach(files) };
  }
  if (!['configMap', 'secret', 'downwardAPI'].some((key) => volume.has(key))) return undefined;
  return { kind: 'files', files: filesOf(volume, defaultMode, context, 'secretName') };
}

function emptyDir(empty: Fields): Source {
  const limit = empty.scalar('sizeLimit');
  const sizeBytes = limit === undefined ? undefined : parseQuantity(limit);
  if (limit !== undefined && sizeBytes === undefined) empty.problem('sizeLimit', `${limit} is not a quantity`);
  const memory = empty.text('medium') === 'Memory';
  empty.rest();
  return { kind: 'empty', memory, ...(memory && sizeBytes !== undefined && { sizeBytes }) };
}

function hostPath(host: Fields): Source {
  const [path = '', type = ''] = [host.text('path'), host.text('type')];
  if (!path.startsWith('/')) host.problem('path', 'must be absolute');
  if (path.includes(':')) host.problem('path', 'must not have a colon');
  if (type === 'FileOrCreate') host.problem('type', 'FileOrCreate is not supported on a container engine');
  host.rest();
  return { kind: 'host', path, mustExist: type !== '' && type !== 'DirectoryOrCreate' };
}

/** @param secretName the field with the name of a Secret: it differs between volumes and projections */
function filesOf(
  source: Fields,
  outerMode: number,
  context: VolumeContext,
  secretName: 'secretName' | 'name',
): readonly LocalFile[] {
  const files = [
    ...dataFiles(source.child('configMap'), 'ConfigMap', 'name', outerMode, context),
    ...dataFiles(source.child('secret'), 'Secret', secretName, outerMode, context),
    ...downwardFiles(source.child('downwardAPI'), outerMode, context),
  ];
  if (source.has('serviceAccountToken'))
    source.note('serviceAccountToken', 'there is no cluster that issues tokens: the file is left out');
  source.ignore('name').rest();
  return files;
}

function dataFiles(
  data: Fields | undefined,
  kind: ConfigKind,
  nameField: 'secretName' | 'name',
  outerMode: number,
  context: VolumeContext,
): readonly LocalFile[] {
  if (data === undefined) return [];
  const name = data.text(nameField);
  const optional = data.flag('optional') ?? false;
  const mode = data.number('defaultMode') ?? outerMode;
  const items = data.has('items') ? data.children('items') : undefined;
  data.rest();
  const content = context.scope.config(kind, name, optional, data);
  if (content === undefined) return [];
  if (kind === 'Secret') context.scope.hasSecretFiles = true;
  if (items === undefined) return [...content].map(([key, value]) => fileOf(key, value, mode, context));
  return items.flatMap((item) => {
    const [key = '', path = ''] = [item.text('key'), item.text('path')];
    const own = item.number('mode') ?? mode;
    item.rest();
    const value = content.get(key);
    if (value === undefined && !optional) item.problem('key', `${kind} ${name} has no key ${JSON.stringify(key)}`);
    return value === undefined || !isInside(path, item) ? [] : [fileOf(path, value, own, context)];
  });
}

function downwardFiles(source: Fields | undefined, outerMode: number, context: VolumeContext): readonly LocalFile[] {
  if (source === undefined) return [];
  const mode = source.number('defaultMode') ?? outerMode;
  const files = source.children('items').flatMap((item) => {
    const path = item.text('path') ?? '';
    const own = item.number('mode') ?? mode;
    const value = fieldValue(item.child('fieldRef'), context.scope);
    if (value === podAddressMark || item.has('resourceFieldRef'))
      item.problem(undefined, 'this value is not supported in a file on a container engine');
    item.ignore('resourceFieldRef').rest();
    return value === undefined || !isInside(path, item) ? [] : [fileOf(path, Buffer.from(value), own, context)];
  });
  source.rest();
  return files;
}

function isInside(path: string, at: Fields): boolean {
  const inside = path !== '' && !path.startsWith('/') && !path.split('/').includes('..');
  if (!inside) at.problem('path', `${JSON.stringify(path)} does not lead into the volume`);
  return inside;
}

/** With `fsGroup`, the group may read what the owner may (kubernetes.io, "Configure a Security Context"). */
function fileOf(path: string, content: Uint8Array, mode: number, { group }: VolumeContext): LocalFile {
  return { path, content, mode: group === undefined ? mode : mode | ((mode & 0o700) >> 3), group: group ?? 0 };
}

function lastOfEach(files: readonly LocalFile[]): readonly LocalFile[] {
  return [...new Map(files.map((file) => [file.path, file])).values()];
}
