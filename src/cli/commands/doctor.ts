import type { Command } from 'commander';
import { visible } from '../../util/visible.ts';
import { isRunId, type RunId } from '../../model/ids.ts';
import { quoteForShell } from '../text/quote-for-shell.ts';
import { exitCodes } from '../host.ts';
import type { Invocation } from '../invocation.ts';
import { findRun } from '../reference/find-run.ts';
import { refuse } from '../refuse.ts';
import { describeLeftover, endingLines, leftoverLines } from '../reporters/describe-leftovers.ts';
import { notEmpty, parseOn } from '../run-flags.ts';
import { parseNamespace } from '../skaffold-values.ts';
import type { Examined, LookedAt } from '../../runs/inspection.ts';
import type { Leftover, Leftovers, LeftBy } from '../../runs/cleanup/cleanup.ts';
import { stopOnSignal } from '../stop-on-signal.ts';
import type { Look } from '../text/look.ts';
import { wrapText } from '../text/wrap-text.ts';

interface DoctorFlags {
  readonly clean?: boolean;
  readonly on?: readonly string[];
  readonly kubeContext?: string;
  readonly namespace?: string;
}

export function define(command: Command, invocation: Invocation): void {
  command
    .argument(
      '[run]',
      'only the leftovers and kept containers of this run: number, id, id prefix, or latest',
      notEmpty('RUN'),
    )
    .option('--clean', 'remove only what dead runs left; this ends interrupted runs that left something')
    .option(
      '--on <runtimes>',
      'check only these; kubernetes and kubernetes:NAME are checked only if listed here',
      parseOn,
    )
    .option('--kube-context <name>', 'the context of your kubeconfig for --on kubernetes')
    .option('-n, --namespace <name>', 'the namespace to look at in the clusters of --on', parseNamespace)
    .action(
      invocation.action(async (run: string | undefined, flags: DoctorFlags) => await doctor(invocation, run, flags)),
    );
}

async function doctor(invocation: Invocation, reference: string | undefined, flags: DoctorFlags): Promise<number> {
  const { clean = false, on, kubeContext, namespace } = flags;
  const place: LookedAt = {
    ...(on !== undefined && { on }),
    ...(kubeContext !== undefined && { kubeContext }),
    ...(namespace !== undefined && { namespace }),
  };
  const services = await invocation.services();
  const misplaced = await services.checkPlace(place);
  if (misplaced.length > 0) return await refuse(invocation, misplaced);
  const run = reference === undefined ? undefined : await runOf(invocation, reference);
  if (run !== undefined && clean && (await goesOn(invocation, run))) {
    await invocation.tell(
      `run ${reference} is still running and keeps its containers; to cancel it: slipway cancel ${reference}`,
    );
    return exitCodes.usage;
  }
  using stop = stopOnSignal(invocation.host);
  const look = invocation.look();
  const examined = clean || run !== undefined ? [] : await services.examine(place, stop.signal);
  if (!invocation.json) await invocation.print(examined.flatMap((one) => examinedLines(one, look, invocation.columns)));
  const where: LookedAt & LeftBy = { ...place, ...(run !== undefined && { run }) };
  await using leftovers = await services.leftovers(where, stop.signal);
  const failures = clean ? await cleanUp(invocation, leftovers, run !== undefined, stop.signal) : [];
  const { items, elsewhere, unanswered } = leftovers;
  if (invocation.json) {
    await invocation.printJson({
      examined,
      leftovers: items,
      elsewhere,
      unanswered,
      failures: failures.map(({ item, reason }) => ({ name: item.name, reason })),
    });
  } else {
    await printWrapped(
      invocation,
      leftoverLines(leftovers, {
        ...(!clean && { again: cleanCommand(reference, flags) }),
        ...(reference !== undefined && { run: reference }),
      }),
    );
    await invocation.print(
      failures.map(({ item, reason }) => `cannot remove ${describeLeftover(item)}: ${visible(reason)}`),
    );
  }
  // Without --on, nothing is required: a machine without Docker is fine.
  const lacks = on !== undefined && examined.some(({ status }) => status === 'missing');
  return failures.length > 0 || unanswered.length > 0 || lacks ? exitCodes.unavailable : exitCodes.succeeded;
}

/** Returns the run's id. A full id need not be in the store: the log of the run may have been pruned. */
async function runOf(invocation: Invocation, reference: string): Promise<RunId> {
  const id = reference.trim().toLowerCase();
  return isRunId(id) ? id : (await findRun(invocation, reference)).id;
}

async function goesOn(invocation: Invocation, run: RunId): Promise<boolean> {
  const summary = await (await (await invocation.services()).store()).summary(run);
  return summary?.status === 'queued' || summary?.status === 'inProgress';
}

/** Prints which interrupted runs the cleanup ends. If the user named none of them, asks on a terminal. */
async function cleanUp(
  invocation: Invocation,
  leftovers: Leftovers,
  named: boolean,
  signal: AbortSignal,
): ReturnType<Leftovers['clean']> {
  const ending = named ? [] : endingLines(leftovers.items);
  if (ending.length > 0 && !invocation.json) await printWrapped(invocation, ending.slice(1));
  const { stdin, stdout } = invocation.host;
  const asked = ending.length > 0 && !invocation.json && stdin.isTerminal && stdout.isTerminal;
  const both =
    !asked || isYes(await stdin.ask('End these runs? Without that, nothing of them is removed. [y/N] ', { signal }));
  const report = (item: Leftover) => {
    if (!invocation.json) void invocation.print([`removed ${describeLeftover(item)}`]);
  };
  return await leftovers.clean(report, (item) => both || !item.interrupted);
}

function isYes(answer: string | undefined): boolean {
  return /^\s*y(es)?\s*$/i.test(answer ?? '');
}

/** Returns the command that removes what was found, where it was found. */
function cleanCommand(reference: string | undefined, { on, kubeContext, namespace }: DoctorFlags): string {
  const words = ['slipway doctor --clean'];
  if (reference !== undefined) words.push(quoteForShell(reference));
  if (on !== undefined) words.push(`--on ${quoteForShell(on.join(','))}`);
  if (kubeContext !== undefined) words.push(`--kube-context ${quoteForShell(kubeContext)}`);
  if (namespace !== undefined) words.push(`--namespace ${namespace}`);
  return words.join(' ');
}

async function printWrapped(invocation: Invocation, lines: readonly string[]): Promise<void> {
  await invocation.print(lines.flatMap((line) => wrapText(line, invocation.columns)));
}

const margin = ' '.repeat(9);

function examinedLines(
  { subject, status, detail, advice }: Examined,
  look: Look,
  columns: number | undefined,
): string[] {
  const mark = {
    ok: look.paint('green', 'ok     '),
    missing: look.paint('red', 'missing'),
    warning: look.paint('yellow', 'warning'),
  }[status];
  const room = columns === undefined ? undefined : columns - margin.length;
  const [first = '', ...more] = wrapText(`${visible(subject)}: ${visible(detail)}`, room);
  return [
    `${mark}  ${first}`,
    ...[...more, ...advice.flatMap((line) => wrapText(visible(line), room))].map((line) => margin + line),
  ];
}
