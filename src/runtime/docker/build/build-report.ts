import type { IncomingMessage } from 'node:http';
import { EngineLost } from '../api/engine-error.ts';
import { linesOf } from '../images/pull-image.ts';

/** One line of an engine's report about a build or a push. */
export interface BuildReport {
  readonly id?: string;
  readonly stream?: string;
  readonly status?: string;
  readonly progressDetail?: { readonly current?: number; readonly total?: number };
  readonly aux?: unknown;
  readonly error?: string;
  readonly errorDetail?: { readonly message?: string };
}

/** Yields the report line by line. Throws `EngineLost` if a line is not a report. */
export async function* reportsOf(answer: IncomingMessage): AsyncGenerator<BuildReport, void, undefined> {
  for await (const line of linesOf(answer)) {
    let report: unknown;
    try {
      report = JSON.parse(line);
    } catch (error) {
      throw new EngineLost('the engine ended its report in the middle of a line', { cause: error });
    }
    if (typeof report === 'object' && report !== null) yield report;
  }
}

export function errorOf({ error, errorDetail }: BuildReport): string | undefined {
  return errorDetail?.message ?? error;
}

/** Returns the id of a built image, which engines report in `aux`. */
export function imageIdOf({ aux }: BuildReport): string | undefined {
  if (typeof aux !== 'object' || aux === null) return undefined;
  const { ID: id } = aux as { ID?: unknown };
  return typeof id === 'string' ? id : undefined;
}
