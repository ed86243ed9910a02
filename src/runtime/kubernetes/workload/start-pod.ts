import { cancelledBy, failed, succeeded, type Failure, type Outcome } from '../../../model/outcome.ts';
import { engineOnly } from '../../engine-only.ts';
import type { Observation, Work } from '../../../model/work.ts';
import { labelKeys, type Workload, type WorkloadSpec } from '../../runtime.ts';
import { Creation, NameTaken } from '../../../clusters/api/creation.ts';
import { withCleanupTimeout } from '../../../clusters/api/cleanup-timeout.ts';
import { backoffMs, retryTransient } from '../../../clusters/api/retry.ts';
import { podPath, type ClusterSession } from '../cluster-session.ts';
import { refusedByPod } from '../pod/container-failure.ts';
import { completeFile, fillContainer, helperContainer } from '../pod/control-volume.ts';
import { startStateCommand, fillCommand, fillOnceCommand, openCommand, type Gate } from '../pod/gate.ts';
import type { PodFault } from '../pod/judge-containers.ts';
import { judgeStart, judgeStarting, type StartQuestion } from '../pod/judge-start.ts';
import { recheckedFor } from '../pod/judgement.ts';
import type { Judgement } from '../pod/judgement.ts';
import type { PodFollower } from '../pod/pod-watching.ts';
import type { ObservedPod } from '../../../clusters/pods/observed-pod.ts';
import { allContainers, helperMounts } from '../pod/helper-mounts.ts';
import { refOf } from '../pod/pod-reading.ts';
import { gatesOf, podOf, type PodContext } from '../pod/pod-specification.ts';
import type { Pod } from '../../../clusters/pods/pod-types.ts';
import { quotaExceeded } from '../pod/quota.ts';
import { isTransientRefusal } from '../../../clusters/api/transient-refusal.ts';
import { refusalOf } from '../pod/refusal.ts';
import { startWait } from '../pod/start-wait.ts';
import { podObservations } from '../pod/pod-observations.ts';
import { fillFailure, noHelper } from './fill-failure.ts';
import { FirstExchange } from './first-exchange.ts';
import { askPod, hasBegun, runInPod } from './helper.ts';
import { withLastLines } from './last-lines.ts';
import { podArchive } from './pod-archive.ts';
import { containerEnd } from './pod-end.ts';
import { PodWorkload } from './pod-workload.ts';
import { QuotaRoom } from './quota-room.ts';
import { removePod } from './remove-pod.ts';
import { WaitReporter, shownAfterMs } from './wait-reporter.ts';
import { StartRefused } from '../../start-refused.ts';

/** How long to retry a pod that was refused for a transient reason: a new namespace, a quota in concurrent use. */
const takenWithinMs = 10_000;

/** Starts a pod; see `Runtime.start`. */
export async function startPod(session: ClusterSession, spec: WorkloadSpec, work: Work): Promise<Outcome<Workload>> {
  if (work.signal.aborted) return cancelledBy(work.signal);
  const refusal = engineOnly(spec, 'a pod of Slipway');
  if (refusal !== undefined) return failed(refusal);
  const form: PodContext['form'] = allContainers(spec).some(({ image }) => session.withoutShell.has(image))
    ? 'raw'
    : 'gated';
  const outcome = await tryStart(session, spec, form, work);
  // The first pod of this image: the image turned out to have no shell for the gate.
  const again =
    form === 'gated' &&
    outcome.status === 'failed' &&
    allContainers(spec).some(({ image }) => session.withoutShell.has(image));
  return again && session.settings.helperImage !== undefined ? await tryStart(session, spec, 'raw', work) : outcome;
}

async function tryStart(
  session: ClusterSession,
  spec: WorkloadSpec,
  form: PodContext['form'],
  work: Work,
): Promise<Outcome<Workload>> {
  const start = new PodStart(session, spec, form, work);
  try {
    return succeeded(await start.run());
  } catch (error) {
    await start.undo();
    if (work.signal.aborted) return cancelledBy(work.signal);
    const failure = error instanceof StartRefused ? error.failure : refusalOf(error, session.namespace);
    if (failure) return failed(failure);
    throw error;
  }
}

/** One start of a pod, step by step. */
class PodStart {
  readonly #follower: PodFollower;
  readonly #creation: Creation<Pod>;
  #createdAt = 0;
  /** How many of the pod's observations have been shown. */
  #told = 0;
  /** The wait that Slipway itself detected. */
  #wait: string | undefined;
  #exchange: FirstExchange | undefined;
  readonly #session: ClusterSession;
  readonly #spec: WorkloadSpec;
  readonly #form: PodContext['form'];
  readonly #work: Work;

  constructor(session: ClusterSession, spec: WorkloadSpec, form: PodContext['form'], work: Work) {
    this.#session = session;
    this.#spec = spec;
    this.#form = form;
    this.#work = work;
    const { client, clock, settings, owner } = session;
    const body = podOf(spec, settings, { form, ...(owner && { owner }) });
    this.#creation = new Creation(client, clock, podPath(session), body);
    this.#follower = session.watcher.follow(spec.name, undefined, spec.labels[labelKeys.run]);
  }

  async run(): Promise<PodWorkload> {
    const spec = this.#spec;
    const work = this.#work;
    const pod = await this.#create();
    work.signal.throwIfAborted();
    // Ignore events of an earlier pod with the same name.
    this.#follower.setUid(pod.metadata.uid ?? '');
    this.#createdAt = work.clock.now();
    work.output.observe({ type: 'workload.created', workload: spec.name, runtime: 'kubernetes' });
    const unreadable = this.#session.logPermission.refusal(spec.name, work.signal);
    const filler = this.#form === 'gated' ? helperContainer : fillContainer;
    await this.#started(filler);
    const refusal = await unreadable;
    if (refusal !== undefined) throw new StartRefused(refusal);
    const isFirst = ({ container }: Gate) => (spec.initContainers ?? []).some(({ name }) => name === container);
    const first = gatesOf(spec).filter(isFirst);
    const gates = gatesOf(spec).filter((gate) => !isFirst(gate));
    if (this.#form === 'raw') {
      await this.#fill(filler, []);
      await Promise.all(spec.containers.map(async ({ name }) => await this.#started(name)));
    } else if (first.length === 0) await this.#fill(filler, gates);
    else {
      await this.#fill(filler, []);
      for (const gate of first) await this.#runFirst(gate);
      await this.#persist(async () => await this.#open(gates));
    }
    work.output.observe({ type: 'workload.started', workload: spec.name });
    return new PodWorkload(this.#session, { pod, follower: this.#follower, exchange: this.#exchange });
  }

  /** Removes the pod. If the cluster is unreachable or refuses, reports what may be left; `doctor --clean` finds it. */
  async undo(): Promise<void> {
    const session = this.#session;
    const spec = this.#spec;
    this.#follower[Symbol.dispose]();
    try {
      const pod = await withCleanupTimeout(session.clock, async (signal) => await this.#creation.made(signal));
      if (pod !== undefined) await removePod(session, spec.name, pod.metadata.uid);
    } catch (error) {
      const refusal = refusalOf(error, session.namespace);
      if (refusal === undefined) throw error;
      const detail = refusal.code === 'forbidden' ? refusal.detail : (error as Error).message;
      this.#work.output.observe({ type: 'workload.left', workload: spec.name, detail });
    }
  }

  /** Creates the pod. Retries until the cluster accepts it or refuses it for good. */
  async #create(): Promise<Pod> {
    const session = this.#session;
    const spec = this.#spec;
    const work = this.#work;
    const takes = 'waiting for the cluster to accept the pod';
    using wait = new WaitReporter(work, `${takes}: no answer yet`);
    const retried = (error: Error) => wait.because(`${takes}: ${error.message}`);
    const room = new QuotaRoom(session, spec.labels, work, wait);
    for (;;) {
      try {
        return await retryTransient(session.clock, work.signal, async () => await this.#offer(retried), retried);
      } catch (error) {
        const exceeded = quotaExceeded(error);
        if (exceeded === undefined) throw error;
        await room.after(exceeded);
      }
    }
  }

  async #offer(retried: (error: Error) => void): Promise<Pod> {
    const session = this.#session;
    const spec = this.#spec;
    const work = this.#work;
    const until = session.clock.now() + takenWithinMs;
    for (let tries = 0; ; tries++) {
      try {
        return await this.#creation.attempt(work.signal);
      } catch (error) {
        if (error instanceof NameTaken) await this.#clear(error.there as Pod);
        else if (!isTransientRefusal(error)) throw error;
        if (session.clock.now() >= until)
          throw error instanceof NameTaken ? new StartRefused(heldName(spec.name)) : error;
        retried(error as Error);
        await session.clock.sleep(backoffMs(tries, Math.random()), work.signal);
      }
    }
  }

  /** Removes the pod that an earlier process left under this name. */
  async #clear(there: Pod): Promise<void> {
    const { name } = this.#spec;
    if (await this.#runs(there))
      throw new StartRefused({ code: 'internal', name: 'NameTaken', message: `a pod ${name} is already running` });
    await removePod(this.#session, name, there.metadata.uid);
  }

  async #runs(pod: Pod): Promise<boolean> {
    if (refOf(pod).state !== 'running') return false;
    const answer = await askPod(
      this.#session,
      this.#spec.name,
      startStateCommand(this.#spec.containers[0]?.name ?? ''),
      this.#work.signal,
    );
    return answer === undefined || hasBegun(answer.text);
  }

  /** Waits until a container runs, or is known never to run. */
  async #started(container: string): Promise<void> {
    const { signal } = this.#work;
    const closed = this.#form === 'gated' ? allContainers(this.#spec).map(({ name }) => name) : [];
    const result = await this.#follower.until((observed) => {
      const shown = this.#observe(observed);
      return recheckedFor(judgeStart(observed, container, this.#question(closed)), shown);
    }, signal);
    if (result.status === 'failed') throw new StartRefused(await this.#explained(result));
  }

  #question(closed: readonly string[]): StartQuestion {
    return { closed, createdAt: this.#createdAt, settings: this.#session.settings, now: this.#work.clock.now() };
  }

  /** Shows what the cluster reports, and what the pod waits for otherwise. Returns when to check again. */
  #observe(observed: ObservedPod): Judgement<string> {
    const now = this.#work.clock.now();
    const told = podObservations(observed);
    const wait = startWait(observed, { now, createdAt: this.#createdAt, afterMs: shownAfterMs });
    const facts: Observation[] = told.slice(this.#told);
    this.#told = told.length;
    const waits = 'settled' in wait ? wait.settled : undefined;
    if (waits !== this.#wait && (waits !== undefined || facts.length === 0)) {
      facts.push({ type: 'waiting', message: waits ?? 'starting' });
    }
    this.#wait = waits;
    for (const fact of facts) this.#work.output.observe(fact);
    return wait;
  }

  /** Retries after broken connections, and shows why it waits. */
  async #persist(attempt: () => Promise<void>): Promise<void> {
    let wait: WaitReporter | undefined;
    const retried = ({ message }: Error) => {
      const reason = `waiting for the cluster: ${message}`;
      wait ??= new WaitReporter(this.#work, reason);
      wait.because(reason);
    };
    try {
      await retryTransient(this.#session.clock, this.#work.signal, attempt, retried);
    } finally {
      wait?.[Symbol.dispose]();
    }
  }

  /**
   * Writes the files into the volumes, then opens the gates. Uses one exchange unless an init container comes first.
   */
  async #fill(filler: string, gates: readonly Gate[]): Promise<void> {
    const session = this.#session;
    const spec = this.#spec;
    const work = this.#work;
    // With several gates the exchange would report the first end late.
    const last = gates.length === 1 ? gates[0]?.container : undefined;
    const command =
      this.#form === 'gated'
        ? fillCommand(gates, last)
        : fillOnceCommand(
            filler,
            helperMounts(spec).map(({ path }) => path),
          );
    let bytes = 0;
    await this.#persist(async () => {
      // The end of an earlier attempt is unknown. Never unpack files under a command that already runs.
      if (bytes > 0 && (await this.#isFilled(filler))) return await this.#open(gates);
      bytes = 0;
      const counted = (async function* () {
        for await (const part of podArchive(spec, work.signal)) {
          // The command begins with the last bytes, long after the connection was made. Confirm the lease now.
          session.client.confirm();
          bytes += part.length;
          yield part;
        }
      })();
      const exchange = new FirstExchange(
        async (io) => await runInPod(session, spec.name, command, io, filler),
        counted,
      );
      const end = await this.#whileStarting(
        gates,
        async (signal) => await (last === undefined ? exchange.over(signal) : exchange.opened(signal)),
      );
      if (end === undefined) this.#exchange = exchange;
      else if (!('code' in end) || end.code !== 0)
        throw new StartRefused(
          fillFailure('code' in end ? exchange.said : end.refused, exchange.errors, session.settings.helperImage),
        );
    });
    work.output.observe({ type: 'workspace.filled', bytes });
  }

  async #isFilled(filler: string): Promise<boolean> {
    const answer = await askPod(
      this.#session,
      this.#spec.name,
      ['/bin/sh', '-c', `[ -e ${completeFile} ]`],
      this.#work.signal,
      filler,
    );
    // Without gates the init container ends if and only if it was filled.
    return answer === undefined ? this.#form === 'raw' : answer.code === 0;
  }

  async #open(gates: readonly Gate[]): Promise<void> {
    await this.#whileStarting(gates, async (signal) => {
      await Promise.all(
        gates.map(async (gate) => {
          const end = await runInPod(this.#session, this.#spec.name, openCommand(gate), { signal });
          if (!('code' in end) || end.code !== 0)
            throw new StartRefused({
              code: 'start-failed',
              detail: `cannot open the gate of container ${gate.container}: ${JSON.stringify(end)}`,
            });
        }),
      );
    });
  }

  /**
   * Runs an action that waits for containers at their gates. Stops if a container will never arrive or the pod fails.
   */
  async #whileStarting<T>(gates: readonly Gate[], act: (signal: AbortSignal) => Promise<T>): Promise<T> {
    const over = new AbortController();
    const signal = AbortSignal.any([over.signal, this.#work.signal]);
    try {
      return await Promise.race([act(signal), this.#failing(gates, signal)]);
    } finally {
      over.abort(new Error('it is over'));
    }
  }

  /** Rejects as soon as the pod can no longer run the commands behind these gates, or with the signal's reason. */
  async #failing(gates: readonly Gate[], signal: AbortSignal): Promise<never> {
    const closed = new Set(gates.map(({ container }) => container));
    for (;;) {
      const fault = await this.#follower.until((observed) => {
        const shown = this.#observe(observed);
        return recheckedFor(judgeStarting(observed, this.#question([...closed])), shown);
      }, signal);
      // The cluster may report the end of a short command before the helper reports that its gate is open.
      const { container = '' } = fault;
      if (!closed.has(container) || !(await this.#hasBegun(container, signal)))
        throw new StartRefused(await this.#explained(fault));
      closed.delete(container);
    }
  }

  async #hasBegun(container: string, signal: AbortSignal): Promise<boolean> {
    const answer = await retryTransient(
      this.#session.clock,
      signal,
      async () => await askPod(this.#session, this.#spec.name, startStateCommand(container), signal),
    );
    return answer !== undefined && hasBegun(answer.text);
  }

  async #runFirst(gate: Gate): Promise<void> {
    await this.#persist(async () => await this.#open([gate]));
    const exit = await containerEnd(this.#session, this.#spec.name, gate.container, this.#follower, this.#work.signal);
    this.#work.signal.throwIfAborted();
    if ('failure' in exit) throw new StartRefused(exit.failure);
    if (exit.code !== 0)
      throw new StartRefused({
        code: 'start-failed',
        detail: `the init container ${gate.container} ended with ${exit.code}`,
      });
  }

  /** Records an image without a shell: its commands can have no gate, and it cannot be the helper. */
  async #explained({ failure, container = '' }: PodFault): Promise<Failure> {
    const { settings, withoutShell } = this.#session;
    if (failure.code !== 'start-failed' || !failure.detail.includes('/bin/sh') || this.#form === 'raw') {
      return await withLastLines(this.#session, this.#spec.name, failure, this.#work.signal);
    }
    if (container === helperContainer)
      return { code: 'start-failed', detail: noHelper('`/bin/sh`', settings.helperImage) };
    withoutShell.add(allContainers(this.#spec).find(({ name }) => name === container)?.image ?? '');
    return { code: 'start-failed', detail: noHelper('`/bin/sh`', undefined) };
  }
}

function heldName(pod: string): Failure {
  const why = 'a finalizer keeps it (`metadata.finalizers`)';
  return refusedByPod(`cannot remove the pod ${pod} of an earlier process: ${why}`);
}
