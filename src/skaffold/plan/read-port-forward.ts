import { isClusterKind, type ForwardedKind, type ForwardedPort } from '../../deploy/forward/forwarded-port.ts';
import { placeProblems } from '../../deploy/forward/port-problems.ts';
import type { Report } from '../../diagnostics/problem.ts';
import { entryOf, itemsOf, textAt, valueAt } from '../../diagnostics/yaml/edit.ts';
import type { Located } from '../../diagnostics/yaml/located.ts';
import { isAddress } from '../../util/is-address.ts';
import type { Configuration } from '../config/configuration.ts';
import { problem } from '../problem.ts';
import type { DeployerKind } from './deploy-spec.ts';

export interface PortForwardRequest {
  /** Expands the Go template of a scalar. Reports what is wrong with it. */
  readonly expand: (node: Located, report: Report) => string | undefined;
  readonly deployer: DeployerKind;
  /** `--namespace` */
  readonly namespace?: string;
}

/** The name of a port (RFC 6335, 5.1). */
const portName = /^(?=.{1,15}$)(?=.*[a-z])[a-z0-9](?:-?[a-z0-9])*$/;
const highest = 65_535;

/** Returns the ports of `portForward`, of all configurations in their order. Reports every mistake. */
export function readPortForward(
  configurations: readonly Configuration[],
  request: PortForwardRequest,
  report: Report,
): readonly ForwardedPort[] {
  return configurations.flatMap(({ document }) => {
    const standard = valueAt(document, 'deploy', 'kubectl', 'defaultNamespace');
    const namespace = request.namespace ?? (standard && request.expand(standard, () => undefined));
    return itemsOf(valueAt(document, 'portForward')).flatMap((node) =>
      readOne(node, { ...request, namespace }, report),
    );
  });
}

function readOne(
  node: Located,
  { expand, deployer, namespace }: Omit<PortForwardRequest, 'namespace'> & { readonly namespace: string | undefined },
  report: Report,
): readonly ForwardedPort[] {
  const text = (key: string): string | undefined => {
    const value = valueAt(node, key);
    return (value && expand(value, report)) || undefined;
  };
  const [name, within] = [text('resourceName'), text('namespace') ?? namespace];
  const [port, localPort] = [readPort(node, report), readLocalPort(node, report)];
  const address = readAddress(node, report);
  if (name === undefined) report(missing(node, 'resourceName', ''));
  if (valueAt(node, 'port') === undefined) report(missing(node, 'port', name ?? ''));
  if (name === undefined || port === undefined) return [];
  // An unknown type was reported with the configuration.
  const kind = textAt(node, 'resourceType')?.toLowerCase() as ForwardedKind;
  const reason = whyNot(kind, port, deployer);
  if (reason !== undefined) {
    report(problem('S100', node.at, { port: `${kind}/${name}:${port}`, ...reason }));
    return [];
  }
  return [
    {
      resource: { kind, name, ...(within !== undefined && deployer !== 'docker' && { namespace: within }) },
      ...{ port, address },
      ...(localPort !== undefined && { localPort }),
    },
  ];
}

/** Returns why a port cannot be forwarded from the place of the deploy. */
function whyNot(kind: ForwardedKind, port: number | string, deployer: DeployerKind) {
  if (!isClusterKind(kind) && deployer !== 'docker')
    return { why: placeProblems.cluster, help: 'name a pod or what controls it' };
  if (typeof port === 'string' && deployer === 'docker')
    return { why: placeProblems.engine, help: 'write the number of the port' };
  return undefined;
}

function missing(node: Located, field: string, name: string) {
  return problem('S058', node.at, { field, of: 'a forwarded port', name });
}

/** A number, also one that is written as text, or a name. */
function readPort(node: Located, report: Report): number | string | undefined {
  const entry = entryOf(node, 'port');
  const written = textAt(entry?.value);
  if (entry === undefined || written === undefined) return undefined;
  if (isPortNumber(written)) return Number(written);
  if (portName.test(written)) return written;
  const expected = `a number from 1 to ${highest}, or the name of a port`;
  report(problem('S027', entry.value.at, { field: 'port', written, expected }));
  return undefined;
}

/** 0 is as if the field were absent, as for Skaffold. */
function readLocalPort(node: Located, report: Report): number | undefined {
  const entry = entryOf(node, 'localPort');
  const written = textAt(entry?.value);
  if (entry === undefined || written === undefined || written === '0') return undefined;
  if (isPortNumber(written)) return Number(written);
  // The default is the port, whose mistake was reported.
  if (written !== textAt(node, 'port'))
    report(problem('S027', entry.value.at, { field: 'localPort', written, expected: `a number from 1 to ${highest}` }));
  return undefined;
}

function readAddress(node: Located, report: Report): string {
  const entry = entryOf(node, 'address');
  const written = textAt(entry?.value) || '127.0.0.1';
  if (entry && written !== 'localhost' && !isAddress(written))
    report(problem('S027', entry.value.at, { field: 'address', written, expected: 'one IP address, or `localhost`' }));
  return written;
}

function isPortNumber(text: string): boolean {
  return /^\d{1,5}$/.test(text) && Number(text) >= 1 && Number(text) <= highest;
}
