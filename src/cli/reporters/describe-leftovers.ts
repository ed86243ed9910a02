/** Describes what dead runs left, and which runs its removal ends. */
import { visible } from '../../util/visible.ts';
import type { RunId } from '../../model/ids.ts';
import type { Leftover, Leftovers } from '../../runs/cleanup/cleanup.ts';
import { count } from '../../words/quantity.ts';

/** Returns a run's name: `#7 of /home/me/shop`. Numbers are unique only within a project. */
export function runName({ number, project }: { readonly number: number; readonly project: string }): string {
  return `#${number} of ${visible(project)}`;
}

export function describeLeftover({ kind, name, run, number, project }: Leftover): string {
  const of = number === undefined || project === undefined ? run : runName({ number, project });
  return `${kind} ${visible(name)}${of === undefined ? '' : `, ${of}`}`;
}

interface LeftoverText {
  /** The command that removes these leftovers. Absent if they were just removed. */
  readonly again?: string;
  /** The run that the user named, if only its leftovers are listed. */
  readonly run?: string;
}

export function leftoverLines(
  { items, elsewhere, unanswered }: Leftovers,
  { again, run }: LeftoverText = {},
): string[] {
  const removable = items.filter((item) => item.removable);
  const kept = items.filter((item) => !item.removable);
  const out: string[] = [];
  if (again !== undefined && removable.length > 0) {
    const by = run === undefined ? 'dead runs' : `run ${visible(run)}`;
    out.push('', `${count(removable.length, 'thing')} left by ${by}; to remove: ${again}`);
    out.push(...removable.map(reasonLine), ...endingLines(items, run));
  }
  if (kept.length > 0) out.push('', 'kept:', ...kept.map(reasonLine));
  if (again === undefined || run !== undefined) {
    out.push(...unanswered.map(({ where, reason }) => `cannot check ${where}: ${visible(reason)}`));
    const isClean = removable.length === 0 && unanswered.length === 0;
    if (isClean && again === undefined) out.push('nothing to clean up');
    else if (isClean && kept.length === 0) out.push(`nothing is left of run ${visible(run ?? '')}`);
  }
  if (elsewhere.length > 0) {
    out.push('', 'interrupted on clusters that were not checked:', ...elsewhere.map(elsewhereLine));
  }
  // Only a machine's state stands above the list.
  return out[0] === '' && (again === undefined || run !== undefined) ? out.slice(1) : out;
}

/**
 * Lists the interrupted runs that end when their leftovers are removed. Returns [] for none.
 * @param named the run that the user named, if any
 */
export function endingLines(items: readonly Leftover[], named?: string): string[] {
  const ending = new Map<RunId, string>();
  for (const { removable, interrupted, run, number, project } of items) {
    if (!removable || !interrupted || run === undefined) continue;
    ending.set(run, number === undefined || project === undefined ? '' : `${runName({ number, project })}  `);
  }
  if (ending.size === 0) return [];
  return [
    '',
    `--clean ends ${count(ending.size, 'interrupted run')}; an ended run cannot be resumed;`,
    named === undefined
      ? 'to resume one instead: slipway resume RUN; to clean up after one only: slipway doctor --clean RUN'
      : `to resume it instead: slipway resume ${visible(named)}`,
    ...[...ending].map(([run, name]) => `  ${name}${run}`),
  ];
}

function elsewhereLine(one: Leftovers['elsewhere'][number]): string {
  return `  ${runName(one)}, namespace ${visible(one.cluster.namespace)}: slipway doctor --clean ${one.run}`;
}

function reasonLine(item: Leftover): string {
  return `  ${describeLeftover(item)}: ${visible(item.reason)}`;
}
