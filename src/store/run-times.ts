/**
 * Estimates when runs took place, although clocks may be wrong. A wrong clock of one run must not affect other runs:
 * their numbers decide.
 */
import type { RunSummary } from './store.ts';

type Timed = Pick<RunSummary, 'project' | 'number' | 'createdAt' | 'finishedAt'>;

/**
 * Returns the latest time of a run that is not ahead of `now`, in milliseconds since 1970. Returns `undefined` if all
 * times are ahead.
 */
function toldTime({ createdAt, finishedAt }: Timed, now: number): number | undefined {
  const told = [createdAt, ...(finishedAt === undefined ? [] : [finishedAt])].filter((at) => at <= now);
  return told.length === 0 ? undefined : Math.max(...told);
}

/**
 * Returns a time for each run. Times never fall from one number of a project to the next, and are never ahead of `now`.
 * A run whose time contradicts its number gets that of the next fitting run, or `now`: too young is safer than too old.
 */
export function plausibleTimes<Run extends Timed>(runs: readonly Run[], now: number): ReadonlyMap<Run, number> {
  const times = new Map<Run, number>();
  for (const ofProject of byProject(runs).values()) {
    let latest = -Infinity;
    const fitting = ofProject.map((run) => {
      const told = toldTime(run, now);
      if (told === undefined || told < latest) return undefined;
      latest = told;
      return told;
    });
    let next = now;
    for (let i = ofProject.length - 1; i >= 0; i--) times.set(ofProject[i] as Run, (next = fitting[i] ?? next));
  }
  return times;
}

/**
 * Returns the newest time, at most `now`, that two runs agree on. A clock that was ahead during one run does not count.
 */
export function confirmedTime(runs: readonly Timed[], now: number): number {
  const [, second] = runs.flatMap((run) => toldTime(run, now) ?? []).sort((a, b) => b - a);
  return second ?? now;
}

/** Sorted by number. */
export function byProject<Run extends Pick<RunSummary, 'project' | 'number'>>(
  runs: readonly Run[],
): ReadonlyMap<string, readonly Run[]> {
  const projects = new Map<string, Run[]>();
  for (const run of runs) {
    const known = projects.get(run.project);
    if (known === undefined) projects.set(run.project, [run]);
    else known.push(run);
  }
  for (const ofProject of projects.values()) ofProject.sort((a, b) => a.number - b.number);
  return projects;
}
