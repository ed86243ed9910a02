import type { Resumed } from '../cli/services.ts';
import { driveOn } from '../engine/drive-run.ts';
import { foldRun } from '../events/run-state.ts';
import type { RunId } from '../model/ids.ts';
import type { Runtime } from '../runtime/runtime.ts';
import { explainAbsence } from './choose-runtime.ts';
import { noMask } from '../secrets/mask.ts';
import { noSecrets } from '../secrets/run-secrets.ts';
import { noProvisions } from '../steps/provisions.ts';
import { drivenRun, type CrewHolder } from './driven-run.ts';
import type { Workshop } from './workshop.ts';

export interface GoOnRequest {
  readonly keepFailed?: boolean;
  /** Ends the run as cancelled instead, removing what it left. */
  readonly abandon: boolean;
}

/** Takes over a run whose owner is dead. Nothing is taken before its runtime answers, so that it can be tried again. */
export async function goOn(workshop: Workshop, id: RunId, request: GoOnRequest): Promise<Resumed> {
  const runtime = await runtimeOf(workshop, id);
  if (typeof runtime === 'string') return { status: 'unavailable', detail: runtime };
  const store = await workshop.store();
  const ownership = await store.own(id);
  if (ownership.status !== 'owned') {
    await runtime?.[Symbol.asyncDispose]();
    return ownership.status === 'finished' ? ownership : { status: 'held', by: `process ${ownership.by.pid} on ${ownership.by.host}` };
  }
  const { run } = ownership;
  // Read only now: what the dead owner may have stored between a look and the takeover counts too.
  const state = await foldRun(run.log.follow(0, new AbortController().signal, 'now'));
  const snapshot = state.iterations.length > 0 ? await workshop.parts.openSnapshot(store.folder(id)) : undefined;
  const { settings, source } = state;
  const holder: CrewHolder = {};
  return {
    status: 'driven',
    run: drivenRun(
      run,
      async (control) =>
        await driveOn(run, control, {
          openSink: workshop.parts.openSink,
          state,
          abandon: request.abandon,
          async crew(sink) {
            if (runtime === undefined || snapshot === undefined) return undefined;
            holder.crew = await workshop.crew({
              run,
              sink,
              runtime,
              snapshot,
              project: source?.project ?? '',
              variables: state.iterations.at(-1)?.variables ?? [],
              secrets: noSecrets,
              mask: noMask,
              provisions: noProvisions,
              pull: settings?.pull ?? 'missing',
              keepFailed: request.keepFailed ?? settings?.keepFailed ?? false,
            });
            return holder.crew;
          },
        }),
      holder,
    ),
  };
}

/** The runtime that the run was on; a text where that does not answer; nothing where the run never had one. */
async function runtimeOf(workshop: Workshop, id: RunId): Promise<Runtime | string | undefined> {
  const { settings } = await workshop.stateOf(id);
  if (settings?.runtime === undefined) return undefined;
  const choice = await workshop.choose([settings.runtime], undefined, new AbortController().signal);
  return choice.status === 'chosen' ? choice.runtime : explainAbsence(choice);
}
