import type { RunCluster } from '../../model/run-cluster.ts';
import { meansCluster } from '../../model/cluster-word.ts';
import type { Connection, Runtime, RuntimeProvider } from '../../runtime/runtime.ts';

export type Choice =
  | {
      readonly status: 'chosen';
      readonly runtime: Runtime;
      /** The word of `--on`. */
      readonly word: string;
      /** Present if the runtime is a cluster. */
      readonly cluster?: RunCluster;
    }
  | {
      readonly status: 'none';
      readonly connections: readonly { readonly kind: string; readonly connection: Connection }[];
    };

/**
 * Returns the first runtime of `on` that answers (docs/design/product.md, "Where things run").
 * If none answers, `confirmHost` may choose the host. Slipway never chooses the host without a question: a script
 * written for root in a container must not run as the user on a laptop.
 */
export async function chooseRuntime(
  providers: Readonly<Record<string, RuntimeProvider>>,
  on: readonly string[],
  confirmHost: ((connections: readonly Connection[]) => Promise<boolean>) | undefined,
  signal: AbortSignal,
): Promise<Choice> {
  const connections: { kind: string; connection: Connection }[] = [];
  for (const kind of on) {
    const provider = providers[kind];
    if (provider === undefined) continue;
    const connection = await provider.connect(signal);
    if (connection.status === 'connected') return { status: 'chosen', runtime: connection.runtime, word: kind };
    connections.push({ kind, connection });
  }
  const host = providers['host'];
  // A user who chose only clusters is not offered the host.
  if (
    confirmHost !== undefined &&
    host !== undefined &&
    !on.includes('host') &&
    !on.every(meansCluster) &&
    (await confirmHost(connections.map((c) => c.connection)))
  ) {
    const connection = await host.connect(signal);
    if (connection.status === 'connected') return { status: 'chosen', runtime: connection.runtime, word: 'host' };
  }
  return { status: 'none', connections };
}

/**
 * Returns the text of docs/design/terminal.md, "No engine".
 * @param fits where the work could be done instead. Only `--on` of a new run can choose an engine
 */
export function explainAbsence(
  choice: Extract<Choice, { status: 'none' }>,
  fits: { readonly host: boolean; readonly engine: boolean } = { host: true, engine: false },
): string {
  const unavailable = choice.connections.flatMap(({ kind, connection }) =>
    connection.status === 'unavailable' ? [{ kind, ...connection }] : [],
  );
  if (unavailable.length === 0) return 'No such runtime is known here.';
  const looked = unavailable.flatMap(({ looked }) => looked.map(({ where, result }) => `    ${where}: ${result}`));
  const kinds = unavailable.map(({ kind }) => kind);
  const subject = kinds.includes('docker')
    ? 'No container engine answers'
    : kinds.every(meansCluster)
      ? 'No cluster answers'
      : `No runtime answers (${kinds.join(', ')})`;
  const elsewhere = kinds.every(meansCluster)
    ? fits.engine
      ? ['or add --on docker    it then runs in containers of Docker or Podman, without a cluster']
      : []
    : !fits.host || kinds.includes('host')
      ? []
      : ['or add --on host      the steps then run as you, on this machine'];
  const ways = [...unavailable.flatMap(({ advice }) => advice), ...elsewhere].map((line) => `    ${line}`);
  return [`${subject}; looked at`, ...looked, ...(ways.length === 0 ? [] : ['  do one of these:', ...ways])].join('\n');
}
