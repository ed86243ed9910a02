import type { LocalContainer, LocalMount, LocalVolume } from '../../runtime/local-deployments.ts';
import { expandReferences } from './expand-references.ts';
import type { Fields } from './fields.ts';
import { podEnvironment } from './pod-environment.ts';
import { podProbes } from './pod-probes.ts';
import type { PodScope } from './pod-scope.ts';
import { containerSecurity, type PodSecurity } from './pod-security.ts';
import { parseQuantity } from './quantity.ts';

export interface ContainerContext {
  readonly scope: PodScope;
  readonly security: PodSecurity;
  readonly volumes: readonly LocalVolume[];
  /** The names of all volumes, also of those that are not supported. */
  readonly declared: ReadonlySet<string>;
}

/** A port that a container declares. */
export interface DeclaredPort {
  readonly name?: string;
  readonly port: number;
  readonly protocol: 'tcp' | 'udp';
  /** The port of the node that it asks for. */
  readonly hostPort?: number;
}

/** Fields that describe logs of a cluster, or how it updates pods. */
const ignored = ['terminationMessagePath', 'terminationMessagePolicy', 'imagePullSecrets', 'resizePolicy'];

export function podContainer(
  fields: Fields,
  kind: 'app' | 'init',
  { scope, security, volumes, declared }: ContainerContext,
): { readonly container: LocalContainer; readonly ports: readonly DeclaredPort[] } {
  const name = fields.text('name') ?? '';
  const image = fields.text('image') ?? '';
  if (image === '') fields.problem('image', 'is missing');
  const env = podEnvironment(fields, scope);
  const ports = declaredPorts(fields);
  const named = new Map(ports.flatMap((port) => (port.name === undefined ? [] : [[port.name, port.port] as const])));
  const expand = (texts: readonly string[] | undefined) => texts?.map((text) => expandReferences(text, env));
  const [command, args] = [expand(fields.texts('command')), expand(fields.texts('args'))];
  const workingDirectory = fields.text('workingDir');
  const restartPolicy = fields.text('restartPolicy');
  if (kind === 'app' && restartPolicy !== undefined)
    fields.note('restartPolicy', 'has no effect on a container engine');
  const mounts = mountsOf(fields, volumes, declared, env);
  const rights = containerSecurity(fields, security);
  const hasSingleFiles = mounts.some(({ subPath, volume: of }) => {
    const volume = volumes.find((each) => each.name === of);
    return subPath !== undefined && volume?.kind === 'files';
  });
  if (rights.readOnlyRoot && hasSingleFiles)
    fields.note(
      'securityContext.readOnlyRootFilesystem',
      'has no effect beside a `subPath` of files on a container engine',
    );
  const container: LocalContainer = {
    name,
    image,
    pull: pullOf(fields),
    ...(command && { command }),
    ...(args && { args }),
    ...(workingDirectory !== undefined && { workingDirectory }),
    env,
    mounts,
    ...limitsOf(fields),
    ...rights,
    readOnlyRoot: rights.readOnlyRoot && !hasSingleFiles,
    groups: security.groups,
    terminal: fields.flag('tty') ?? false,
    input: fields.flag('stdin') ?? false,
    sidecar: kind === 'init' && restartPolicy === 'Always',
    probes: podProbes(fields, named),
  };
  if (fields.has('lifecycle')) fields.note('lifecycle', 'hooks are not run on a container engine');
  fields.ignore(...ignored, 'stdinOnce').rest();
  return { container, ports };
}

function declaredPorts(fields: Fields): readonly DeclaredPort[] {
  return fields.children('ports').flatMap((each) => {
    const port = each.number('containerPort');
    const [name, hostPort, protocol = 'TCP'] = [each.text('name'), each.number('hostPort'), each.text('protocol')];
    each.ignore('hostIP').rest();
    if (port === undefined) {
      each.problem('containerPort', 'is missing');
      return [];
    }
    if (protocol !== 'TCP' && protocol !== 'UDP') {
      each.note('protocol', `${protocol} is not supported on a container engine`);
      return [];
    }
    return [
      {
        port,
        protocol: protocol === 'TCP' ? ('tcp' as const) : ('udp' as const),
        ...(name !== undefined && { name }),
        ...(hostPort !== undefined && { hostPort }),
      },
    ];
  });
}

/** By default a cluster pulls `:latest` again. Here the image that was just built would be lost by that. */
function pullOf(fields: Fields): LocalContainer['pull'] {
  const policy = fields.text('imagePullPolicy');
  return policy === 'Always' ? 'always' : policy === 'Never' ? 'never' : 'missing';
}

function mountsOf(
  fields: Fields,
  volumes: readonly LocalVolume[],
  declared: ReadonlySet<string>,
  env: Readonly<Record<string, string>>,
): readonly LocalMount[] {
  if (fields.has('volumeDevices')) fields.problem('volumeDevices', 'is not supported on a container engine');
  return fields.children('volumeMounts').flatMap((mount) => {
    const [name = '', path = ''] = [mount.text('name'), mount.text('mountPath')];
    const expression = mount.text('subPathExpr');
    const subPath = expression === undefined ? mount.text('subPath') : expandReferences(expression, env);
    const readOnly = mount.flag('readOnly') ?? false;
    mount.ignore('mountPropagation', 'recursiveReadOnly').rest();
    const volume = volumes.find((each) => each.name === name);
    if (!declared.has(name)) mount.problem('name', `the pod has no volume ${JSON.stringify(name)}`);
    if (volume === undefined) return [];
    if (path === '' || path.includes(':')) mount.problem('mountPath', 'must be a path without a colon');
    if (subPath !== undefined && (volume.kind === 'empty' || volume.kind === 'claim'))
      mount.problem('subPath', `is supported for files and hostPath only, not for volume ${name}`);
    return [{ volume: name, path: absolute(path), readOnly, ...(subPath && { subPath }) }];
  });
}

function absolute(path: string): string {
  return `/${path
    .split('/')
    .filter((part) => part !== '' && part !== '.')
    .join('/')}`;
}

function limitsOf(fields: Fields): Pick<LocalContainer, 'memoryBytes' | 'cpus'> {
  const resources = fields.child('resources');
  const limits = resources?.child('limits');
  const quantity = (key: string): number | undefined => {
    const text = limits?.scalar(key);
    const value = text === undefined ? undefined : parseQuantity(text);
    if (text !== undefined && value === undefined) limits?.problem(key, `${text} is not a quantity`);
    return value;
  };
  const [memory, cpus] = [quantity('memory'), quantity('cpu')];
  limits?.ignore('ephemeral-storage').rest();
  resources?.ignore('requests').rest();
  return { ...(memory !== undefined && { memoryBytes: Math.round(memory) }), ...(cpus !== undefined && { cpus }) };
}
