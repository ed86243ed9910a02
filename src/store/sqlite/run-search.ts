/**
 * Plans how the index finds the runs of a query without reading others. Each search is a few ranges of one index, and each
 * range is in the order of the list. So a page costs the same at any number of runs.
 */
import type { RunStatus } from '../../model/status.ts';
import type { FoldedRun } from '../run-summary.ts';
import type { SqlValue } from './connection.ts';

/** Absent: any. The texts are exact values of the columns. */
export interface RunFilter {
  readonly project?: string;
  readonly statuses?: readonly RunStatus[];
  readonly commits?: readonly string[];
  readonly refs?: readonly string[];
  readonly repositories?: readonly string[];
}

/** A statement with the values of its parameters. */
export interface Query {
  readonly sql: string;
  readonly values: readonly SqlValue[];
}

/** Where a page begins: after this run. */
export interface Before {
  readonly id: string;
  /** Absent if the run was just removed. */
  readonly number?: number;
}

/**
 * Returns the statements that together find a page of the runs that can match. Each row is an id and the value that the
 * list is ordered by, highest first: the number within a project, since ids depend on clocks, otherwise the id.
 */
export function pageQueries(filter: RunFilter, before: Before | undefined, limit: number): readonly Query[] {
  const order = filter.project === undefined ? 'id' : 'number';
  return rangesOf(filter).map((range) => {
    const { where, values } = all(range, olderThan(before, order));
    return {
      sql: `SELECT id, ${order} FROM runs WHERE ${where} ORDER BY ${order} DESC LIMIT ?`,
      values: [...values, limit],
    };
  });
}

function olderThan(before: Before | undefined, order: 'id' | 'number'): Range {
  if (before === undefined) return anyRun;
  if (order === 'id' || before.number === undefined) return { where: 'id < ?', values: [before.id] };
  return { where: 'number < ?', values: [before.number] };
}

/** A condition on `runs`. */
interface Range {
  readonly where: string;
  readonly values: readonly SqlValue[];
}

/** Returns the ranges that hold every run that can match. They do not overlap. No range: no run matches. */
function rangesOf(filter: RunFilter): readonly Range[] {
  const { commits, refs, repositories } = filter;
  const project = filter.project === undefined ? anyRun : equal('project', filter.project);
  const statuses = storedStatuses(filter.statuses);
  if (commits !== undefined) {
    const rest = all(project, oneOf(statuses), among('ref', refs), among('repository', repositories));
    return commits.map((commit) => all(equal('commit_hash', commit), rest));
  }
  const byStatus = statuses.map((status) => all(project, status));
  if (refs !== undefined) {
    const rest = among('repository', repositories);
    return refs.flatMap((ref) => byStatus.map((range) => all(equal('ref', ref), range, rest)));
  }
  if (repositories !== undefined)
    return repositories.flatMap((repository) => byStatus.map((range) => all(equal('repository', repository), range)));
  return filter.statuses === undefined ? [project] : byStatus;
}

const unfinished = ['queued', 'inProgress'] as const;
const stored: readonly FoldedRun['status'][] = [...unfinished, 'succeeded', 'failed', 'cancelled', 'skipped'];

/** Returns the stored statuses, as conditions, of runs that can have one of the wanted statuses now. */
function storedStatuses(wanted: readonly RunStatus[] = stored): readonly Range[] {
  const whole = new Set<RunStatus>(wanted);
  if (whole.has('interrupted') || wanted === stored) for (const status of unfinished) whole.add(status);
  // Once the entry of such a run is settled, the run is interrupted.
  else whole.delete('inProgress');
  // The owner may have ended the run without updating its entry.
  const unsettled = unfinished.filter((status) => !whole.has(status));
  return [
    ...stored.filter((status) => whole.has(status)).map((status) => equal('status', status)),
    ...unsettled.map((status) => all(equal('status', status), { where: 'settled = 0', values: [] })),
  ];
}

const anyRun: Range = { where: 'TRUE', values: [] };

function equal(column: string, value: string): Range {
  return { where: `${column} = ?`, values: [value] };
}

function among(column: string, values: readonly string[] | undefined): Range {
  if (values === undefined) return anyRun;
  return { where: `${column} IN (${values.map(() => '?').join(', ')})`, values };
}

function all(...ranges: readonly Range[]): Range {
  return joined(ranges, ' AND ');
}

function oneOf(ranges: readonly Range[]): Range {
  return joined(ranges, ' OR ');
}

function joined(ranges: readonly Range[], by: string): Range {
  return {
    where: ranges.map(({ where }) => `(${where})`).join(by),
    values: ranges.flatMap(({ values }) => values),
  };
}
