import { assertNever } from '../model/outcome.ts';
import type { RunState } from '../events/run-state.ts';
import type { Observation } from '../model/work.ts';
import { formatBytes, formatBytesOf } from './bytes.ts';
import { count } from './quantity.ts';

/** Reports whether the fact is shown without `--verbose`. */
export function isAlwaysShown({ type }: Observation): boolean {
  return (
    type === 'noted' ||
    type === 'waiting' ||
    type === 'workload.left' ||
    type.startsWith('object.') ||
    type === 'resource.status' ||
    type === 'port.forwarded'
  );
}

/** Describes a fact in a few words: `pulling node:22  31 of 48 MB`. */
export function describeObservation(fact: Observation): string {
  switch (fact.type) {
    case 'image.pulling':
      return joined(`pulling ${fact.image}`, fact.current === undefined ? '' : amount(fact.current, fact.total, true));
    case 'image.pulled':
      return `pulled ${fact.image}`;
    case 'image.pushing':
      return joined(`pushing ${fact.image}`, fact.current === undefined ? '' : amount(fact.current, fact.total, true));
    case 'image.pushed':
      return `pushed ${fact.image}  ${fact.digest}`;
    case 'image.built':
      return `built ${fact.id}`;
    case 'workload.created':
      return `created ${fact.workload}`;
    case 'workload.started':
      return `started ${fact.workload}`;
    case 'workload.adopted':
      return `adopted ${fact.workload}`;
    case 'workload.kept':
      return `kept ${fact.workload}`;
    case 'workload.left':
      return describeWarning('W087', `${fact.workload} may be left behind: ${fact.detail}`);
    case 'waiting':
      return fact.message;
    case 'object.applied':
      return `${fact.change} ${fact.object}${fact.reason === undefined ? '' : `: ${fact.reason}`}`;
    case 'object.removed':
      return `removed ${fact.object}`;
    case 'resource.status':
      return `${fact.resource}: ${fact.message}`;
    case 'port.forwarded':
      return describeForward(fact);
    case 'container.followed':
      return `following ${fact.workload}/${fact.container}`;
    case 'container.ended':
      return `${fact.workload}/${fact.container} has ended`;
    case 'workspace.filled':
      return `filled the workspace  ${formatBytes(fact.bytes)}`;
    case 'cache.restored':
      return `restored the cache ${fact.path}  ${formatBytes(fact.bytes)}`;
    case 'cache.saved':
      return `saved the cache ${fact.path}  ${formatBytes(fact.bytes)}`;
    case 'artifacts.collected':
      return `collected ${count(fact.files, 'file')}  ${formatBytes(fact.bytes)}`;
    case 'progress':
      // The subject of a build step already contains the numbers: `[5/9] RUN npm ci`.
      return fact.total !== undefined && fact.subject.includes(`${fact.current}/${fact.total}]`)
        ? fact.subject
        : joined(fact.subject, amount(fact.current, fact.total, fact.unit === 'bytes'));
    case 'noted':
      return fact.level === 'warning' ? describeWarning(fact.code, fact.message) : fact.message;
    default:
      return assertNever(fact);
  }
}

function describeForward(fact: Extract<Observation, { readonly type: 'port.forwarded' }>): string {
  const { resource, port, address, localPort, scheme, instead } = fact;
  const host = address.includes(':') ? `[${address}]` : address;
  const line = `forwarding ${resource}:${port} to ${scheme ? `${scheme}://` : ''}${host}:${localPort}`;
  if (instead === undefined) return line;
  const why = instead.because === 'taken' ? 'is taken' : 'is only for privileged processes';
  return `${line} (port ${instead.of} ${why}, so ${localPort} is used)`;
}

/** Returns a warning as diagnostics are printed: with its code. Warnings in older logs have none. */
function describeWarning(code: string | undefined, message: string): string {
  return code === undefined ? `warning: ${message}` : `warning ${code} ${message}`;
}

/** Describes output that is missing, or may be. */
export function describeLoss({ detail }: { readonly detail: string }): string {
  return `some output may be lost: ${detail}`;
}

/** Returns the lines of a message of a run. */
export function describeNote({ level, code, message }: Pick<RunState['notes'][number], 'level' | 'code' | 'message'>) {
  return (level === 'warning' ? describeWarning(code, message) : message).split('\n');
}

function amount(current: number, total: number | undefined, bytes: boolean): string {
  if (bytes) return total === undefined ? formatBytes(current) : formatBytesOf(current, total);
  return total === undefined ? String(current) : `${current} of ${total}`;
}

function joined(...parts: readonly string[]): string {
  return parts.filter((part) => part !== '').join('  ');
}
