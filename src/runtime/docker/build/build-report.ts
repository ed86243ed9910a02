import type { IncomingMessage } from 'node:http';
import { EngineLost } from '../api/engine-error.ts';
import { linesOf } from '../images/pull-image.ts';

/** A line of what an engine tells of a build or a push. */
export interface BuildReport {
  readonly id?: string;
  readonly stream?: string;
  readonly status?: string;
  readonly progressDetail?: { readonly current?: number; readonly total?: number };
  readonly aux?: unknown;
  readonly error?: string;
  readonly errorDetail?: { readonly message?: string };
}

/** The report as it comes; `EngineLost` where what comes is none. */
export async function* reportsOf(answer: IncomingMessage): AsyncGenerator<BuildReport, void, undefined> {
  for await (const line of linesOf(answer)) {
    let report: unknown;
    try {
      report = JSON.parse(line);
    } catch (error) {
      throw new EngineLost('the engine broke off in the middle of its report', { cause: error });
    }
    if (typeof report === 'object' && report !== null) yield report;
  }
}

export function errorOf({ error, errorDetail }: BuildReport): string | undefined {
  return errorDetail?.message ?? error;
}

/** The id of an image that was built, which the engines tell beside all else. */
export function imageIdOf({ aux }: BuildReport): string | undefined {
  if (typeof aux !== 'object' || aux === null) return undefined;
  const { ID: id } = aux as { ID?: unknown };
  return typeof id === 'string' ? id : undefined;
}
