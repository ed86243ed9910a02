import { join } from 'node:path';
import type { Resumed, ResumeRequest } from '../cli/services.ts';
import { driveOn } from '../engine/drive-run.ts';
import { foldRun, type RunState } from '../events/run-state.ts';
import type { Checked } from '../model/diagnostic.ts';
import type { RunId } from '../model/ids.ts';
import type { Runtime } from '../runtime/runtime.ts';
import { explainAbsence } from './choose-runtime.ts';
import { Cancelled } from '../model/outcome.ts';
import { maskedSink } from '../secrets/masked-sink.ts';
import { noMask } from '../secrets/mask.ts';
import { noSecrets } from '../secrets/run-secrets.ts';
import { noProvisions } from '../steps/provisions.ts';
import { knownPasswords } from './known-secrets.ts';
import type { RegainedSecrets } from './resume-secrets.ts';
import { drivenRun, type CrewHolder } from './driven-run.ts';
import type { Workshop } from './workshop.ts';

export interface GoOnRequest extends ResumeRequest {
  /** Ends the run as cancelled instead, removing what it left. */
  readonly abandon: boolean;
}

/** Takes over a run whose owner is dead. Nothing is taken before its runtime answers and its secrets are there, so that it can be tried again. */
export async function goOn(workshop: Workshop, id: RunId, request: GoOnRequest): Promise<Resumed> {
  const before = await workshop.stateOf(id);
  const regained = request.abandon ? withoutAny : await regain(workshop, before, request);
  if (regained instanceof Cancelled) return { status: 'cancelled' };
  if (regained.value === undefined) return { status: 'refused', diagnostics: regained.diagnostics };
  const { secrets, mask, provisions, notes } = regained.value;
  const runtime = await runtimeOf(workshop, before);
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
          openSink: async (log, onBroken) => maskedSink(await workshop.parts.openSink(log, onBroken), () => mask),
          state,
          abandon: request.abandon,
          async crew(sink) {
            for (const message of notes) sink.emit({ type: 'run.noted', level: 'warning', message });
            if (runtime === undefined || snapshot === undefined) return undefined;
            holder.crew = await workshop.crew({
              run,
              sink,
              runtime,
              snapshot,
              project: source?.project ?? '',
              variables: state.iterations.at(-1)?.variables ?? [],
              secrets,
              mask,
              provisions,
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

/** For a run that is only ended. */
const withoutAny: Checked<RegainedSecrets> = { value: { secrets: noSecrets, mask: noMask, provisions: noProvisions, notes: [] }, diagnostics: [] };

/** The secrets of a run that was planned before, by whoever sits here now. */
export async function regain(workshop: Workshop, state: RunState, request: ResumeRequest): Promise<Checked<RegainedSecrets> | Cancelled> {
  const { source } = state;
  const [{ regainSecrets }, { secretSources }] = await Promise.all([import('./resume-secrets.ts'), import('./prepare-secrets.ts')]);
  return await regainSecrets(state, {
    ...secretSources(workshop, { ...request, ...(state.settings?.kubeContext !== undefined && { kubeContext: state.settings.kubeContext }) }),
    inputs: request.inputs ?? [],
    async defaults() {
      if (source === undefined) return new Map();
      return knownPasswords(await workshop.parts.load({ path: join(source.directory, source.file), stages: [], steps: [], purpose: 'validate', inputs: [] }));
    },
  });
}

/** The runtime that the run was on; a text where that does not answer; nothing where the run never had one. */
async function runtimeOf(workshop: Workshop, { settings }: RunState): Promise<Runtime | string | undefined> {
  if (settings?.runtime === undefined) return undefined;
  const choice = await workshop.choose([settings.runtime], undefined, new AbortController().signal);
  return choice.status === 'chosen' ? choice.runtime : explainAbsence(choice);
}
