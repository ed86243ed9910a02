import type { Command } from 'commander';
import { visible } from '../../diagnostics/visible.ts';
import { exitCodes } from '../host.ts';
import type { Invocation } from '../invocation.ts';
import { refuse } from '../refuse.ts';
import { onFlags } from '../reference/on-flags.ts';
import { shellWord } from '../../util/shell-word.ts';
import { parseRuntimes } from '../run-flags.ts';
import type { Examined, Leftover, Leftovers, LookedAt } from '../services.ts';
import { stopOnSignal } from '../stop-on-signal.ts';
import type { Look } from '../text/look.ts';
import { count } from '../text/quantity.ts';
import { wrapText } from '../text/wrap.ts';

interface DoctorFlags {
  readonly clean?: boolean;
  readonly on?: string;
  readonly kubeContext?: string;
}

export function define(command: Command, invocation: Invocation): void {
  command
    .option('--clean', 'remove what dead runs left, and only that')
    .option('--on <runtimes>', 'only these; kubernetes or kubernetes:NAME, too, which is not looked at otherwise')
    .option('--kube-context <name>', 'the cluster of --on kubernetes: a context of your kubeconfig')
    .action(invocation.action(async (flags: DoctorFlags) => await doctor(invocation, flags)));
}

async function doctor(invocation: Invocation, { clean = false, on, kubeContext }: DoctorFlags): Promise<number> {
  const where: LookedAt = { ...(on !== undefined && { on: parseRuntimes(on, '--on') }), ...(kubeContext !== undefined && { kubeContext }) };
  const services = await invocation.services();
  const misplaced = await services.checkPlace(where);
  if (misplaced.length > 0) return await refuse(invocation, misplaced);
  using stop = stopOnSignal(invocation.host);
  const look = invocation.look();
  const examined = clean ? [] : await services.examine(where, stop.signal);
  if (!invocation.json) await invocation.print(examined.flatMap((one) => examinedLines(one, look, invocation.columns)));
  await using leftovers = await services.leftovers(where, stop.signal);
  const failures = clean ? await leftovers.clean((item) => void (invocation.json ? undefined : invocation.print([`removed ${describe(item)}`]))) : [];
  const { items, elsewhere, unanswered } = leftovers;
  const again = ['slipway doctor --clean', ...(on === undefined ? [] : [`--on ${shellWord(on)}`]), ...(kubeContext === undefined ? [] : [`--kube-context ${shellWord(kubeContext)}`])].join(' ');
  if (invocation.json) {
    await invocation.printJson({ examined, leftovers: items, elsewhere, unanswered, failures: failures.map(({ item, reason }) => ({ name: item.name, reason })) });
  } else {
    await invocation.print(leftoverLines(leftovers, clean, again).flatMap((line) => wrapText(line, invocation.columns)));
    await invocation.print(failures.map(({ item, reason }) => `could not remove ${describe(item)}: ${visible(reason)}`));
  }
  // What nobody named need not be there: a machine without Docker is in order.
  const lacks = on !== undefined && examined.some(({ status }) => status === 'missing');
  return failures.length > 0 || unanswered.length > 0 || lacks ? exitCodes.unavailable : exitCodes.succeeded;
}

const margin = ' '.repeat(9);

function examinedLines({ subject, status, detail, advice }: Examined, look: Look, columns: number | undefined): string[] {
  const mark = { ok: look.paint('green', 'ok     '), missing: look.paint('red', 'missing'), warning: look.paint('yellow', 'warning') }[status];
  const room = columns === undefined ? undefined : columns - margin.length;
  const [first = '', ...more] = wrapText(`${visible(subject)}: ${visible(detail)}`, room);
  return [`${mark}  ${first}`, ...[...more, ...advice.flatMap((line) => wrapText(visible(line), room))].map((line) => margin + line)];
}

/** @param again the command that removes what was found, where it was found */
function leftoverLines({ items, elsewhere, unanswered }: Leftovers, cleaned: boolean, again: string): string[] {
  const removable = items.filter((item) => item.removable);
  const kept = items.filter((item) => !item.removable);
  const out: string[] = [];
  if (!cleaned && removable.length > 0) {
    out.push('', `${count(removable.length, 'thing')} left by dead runs; ${again} removes:`, ...removable.map((item) => `  ${describe(item)}: ${visible(item.reason)}`));
  }
  if (kept.length > 0) out.push('', 'left alone:', ...kept.map((item) => `  ${describe(item)}: ${visible(item.reason)}`));
  if (cleaned) out.push(...unanswered.map(({ where, reason }) => `could not look at ${where}: ${visible(reason)}`));
  if (cleaned && removable.length === 0 && unanswered.length === 0) out.push('nothing to clean');
  if (elsewhere.length > 0) out.push('', 'interrupted on clusters that were not looked at:', ...elsewhere.map(({ number, cluster }) => `  run ${number}, namespace ${cluster.namespace}: slipway doctor --clean ${onFlags(cluster)}`));
  return out[0] === '' && cleaned ? out.slice(1) : out;
}

function describe(item: Leftover): string {
  return `${item.kind} ${visible(item.name)}`;
}
