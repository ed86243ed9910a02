import { cancelledBy, failed, succeeded, type Failure, type Outcome } from '../../../model/outcome.ts';
import type { Work } from '../../../model/work.ts';
import { labelKeys, type Workload, type WorkloadSpec } from '../../runtime.ts';
import { hasStatus } from '../api/api-error.ts';
import { pauseMs, persistently } from '../api/persistence.ts';
import { podPath, type ClusterSession } from '../cluster-session.ts';
import { completeFile, fillContainer, helperContainer } from '../pod/control-volume.ts';
import { beganCommand, fillCommand, fillOnceCommand, openCommand, type Gate } from '../pod/gate.ts';
import type { PodFault } from '../pod/judge-containers.ts';
import { judgeStart, judgeStarting, type StartQuestion } from '../pod/judge-start.ts';
import type { PodFollower, PodNews } from '../pod/pod-news.ts';
import { allContainers, helperMounts } from '../pod/helper-mounts.ts';
import { refOf } from '../pod/pod-reading.ts';
import { gatesOf, podOf, type PodContext } from '../pod/pod-specification.ts';
import type { Pod } from '../pod/pod-types.ts';
import { mayBeTakenSoon, refusalOf } from '../pod/refusal.ts';
import { toldOf } from '../pod/told-of.ts';
import { fillFailure, noHelper } from './fill-failure.ts';
import { FirstExchange } from './first-exchange.ts';
import { askPod, hasBegun, runInPod } from './helper.ts';
import { withLastLines } from './last-lines.ts';
import { podArchive } from './pod-archive.ts';
import { containerEnd } from './pod-end.ts';
import { PodWorkload } from './pod-workload.ts';
import { removePod } from './remove-pod.ts';
import { StartRefused } from '../../start-refused.ts';

/** For how long a pod is offered again that is refused for what passes: a namespace that is new, a quota that somebody else counts just now. */
const takenWithinMs = 10_000;

/** See `Runtime.start`. */
export async function startPod(session: ClusterSession, spec: WorkloadSpec, work: Work): Promise<Outcome<Workload>> {
  if (work.signal.aborted) return cancelledBy(work.signal);
  const form: PodContext['form'] = allContainers(spec).some(({ image }) => session.withoutShell.has(image)) ? 'raw' : 'gated';
  const outcome = await tryStart(session, spec, form, work);
  // The first of its image: it turned out to have no shell for the gate.
  const again = form === 'gated' && outcome.status === 'failed' && allContainers(spec).some(({ image }) => session.withoutShell.has(image));
  return again && session.settings.helperImage !== undefined ? await tryStart(session, spec, 'raw', work) : outcome;
}

async function tryStart(session: ClusterSession, spec: WorkloadSpec, form: PodContext['form'], work: Work): Promise<Outcome<Workload>> {
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
  #pod: Pod | undefined;
  #createdAt = 0;
  /** Of what there is to tell of the pod. */
  #told = 0;
  #exchange: FirstExchange | undefined;

  constructor(
    private readonly session: ClusterSession,
    private readonly spec: WorkloadSpec,
    private readonly form: PodContext['form'],
    private readonly work: Work,
  ) {
    this.#follower = session.watcher.follow(spec.name, undefined, spec.labels[labelKeys.run]);
  }

  async run(): Promise<PodWorkload> {
    const { spec, work } = this;
    this.#pod = await this.#create();
    // What was heard of one of this name that was removed for it is not news of this one.
    this.#follower.is(this.#pod.metadata.uid ?? '');
    this.#createdAt = work.clock.now();
    work.output.observe({ type: 'workload.created', workload: spec.name, runtime: 'kubernetes' });
    const unreadable = this.session.logPermission.refusal(spec.name, work.signal);
    const filler = this.form === 'gated' ? helperContainer : fillContainer;
    await this.#started(filler);
    const refusal = await unreadable;
    if (refusal !== undefined) throw new StartRefused(refusal);
    const isFirst = ({ container }: Gate) => (spec.initContainers ?? []).some(({ name }) => name === container);
    const first = gatesOf(spec).filter(isFirst);
    const gates = gatesOf(spec).filter((gate) => !isFirst(gate));
    if (this.form === 'raw') {
      await this.#fill(filler, []);
      await Promise.all(spec.containers.map(async ({ name }) => await this.#started(name)));
    } else if (first.length === 0) await this.#fill(filler, gates);
    else {
      await this.#fill(filler, []);
      for (const gate of first) await this.#runFirst(gate);
      await persistently(work.clock, work.signal, async () => await this.#open(gates));
    }
    work.output.observe({ type: 'workload.started', workload: spec.name });
    return new PodWorkload(this.session, { pod: this.#pod, follower: this.#follower, exchange: this.#exchange });
  }

  /** Nothing is left, unless the cluster is away or forbids it: then `doctor --clean` finds it by its labels. */
  async undo(): Promise<void> {
    this.#follower[Symbol.dispose]();
    if (this.#pod === undefined) return;
    try {
      await removePod(this.session, this.spec.name, this.#pod.metadata.uid);
    } catch (error) {
      if (refusalOf(error, this.session.namespace) === undefined) throw error;
    }
  }

  async #create(): Promise<Pod> {
    const { session, spec, work } = this;
    const { settings, owner } = session;
    const body = podOf(spec, settings, { form: this.form, ...(owner && { owner }) });
    let asked = 0;
    return await persistently(session.clock, work.signal, async () => {
      asked++;
      try {
        return await this.#post(body);
      } catch (error) {
        if (!hasStatus(error, 409) || mayBeTakenSoon(error)) throw error;
        const there = await session.client.json<Pod>('GET', podPath(session, spec.name), { signal: work.signal });
        // An answer that was lost on its way to us: the pod is the one that we asked for just now.
        if (asked > 1 && this.#isFresh(there)) return there;
        if (await this.#runs(there)) throw new StartRefused({ code: 'internal', name: 'NameTaken', message: `a pod ${spec.name} runs already` });
        await removePod(session, spec.name, there.metadata.uid);
        return await this.#post(body);
      }
    });
  }

  async #post(body: Pod): Promise<Pod> {
    const { session, work } = this;
    const until = session.clock.now() + takenWithinMs;
    for (let tries = 0; ; tries++) {
      try {
        // A field of the operator's template that is misspelt would be dropped without a word otherwise.
        return await session.client.json<Pod>('POST', podPath(session), { query: { fieldValidation: 'Strict' }, body, signal: work.signal });
      } catch (error) {
        if (!mayBeTakenSoon(error) || session.clock.now() >= until) throw error;
        await session.clock.sleep(pauseMs(tries, Math.random()), work.signal);
      }
    }
  }

  #isFresh(pod: Pod): boolean {
    return (pod.status?.containerStatuses ?? []).every(({ state }) => state?.running === undefined && state?.terminated === undefined);
  }

  async #runs(pod: Pod): Promise<boolean> {
    if (refOf(pod).state !== 'running') return false;
    const answer = await askPod(this.session, this.spec.name, beganCommand(this.spec.containers[0]?.name ?? ''), this.work.signal);
    return answer === undefined || hasBegun(answer.text);
  }

  /** Until a container runs, or can be known not to. */
  async #started(container: string): Promise<void> {
    const { signal } = this.work;
    const closed = this.form === 'gated' ? allContainers(this.spec).map(({ name }) => name) : [];
    const result = await this.#follower.until((news) => {
      this.#observe(news);
      return judgeStart(news, container, this.#question(closed));
    }, signal);
    if (result.status === 'failed') throw new StartRefused(await this.#explained(result));
  }

  #question(closed: readonly string[]): StartQuestion {
    return { closed, createdAt: this.#createdAt, settings: this.session.settings, now: this.work.clock.now() };
  }

  #observe(news: PodNews): void {
    const told = toldOf(news);
    for (const fact of told.slice(this.#told)) this.work.output.observe(fact);
    this.#told = told.length;
  }

  /** Files into the volumes, and the gates open after that. In one exchange where no init container comes first. */
  async #fill(filler: string, gates: readonly Gate[]): Promise<void> {
    const { session, spec, work } = this;
    // One that waits for several ends would tell the first of them late.
    const last = gates.length === 1 ? gates[0]?.container : undefined;
    const command = this.form === 'gated' ? fillCommand(gates, last) : fillOnceCommand(filler, helperMounts(spec).map(({ path }) => path));
    let bytes = 0;
    await persistently(session.clock, work.signal, async () => {
      // The end of an earlier try is not known: its files must not be laid over those of a command that runs already.
      if (bytes > 0 && (await this.#isFilled(filler))) return await this.#open(gates);
      bytes = 0;
      const counted = (async function* () {
        for await (const part of podArchive(spec, work.signal)) {
          bytes += part.length;
          yield part;
        }
      })();
      const exchange = new FirstExchange(async (io) => await runInPod(session, spec.name, command, io, filler), counted);
      const end = await this.#whileStarting(gates, async (signal) => await (last === undefined ? exchange.over(signal) : exchange.opened(signal)));
      if (end === undefined) this.#exchange = exchange;
      else if (!('code' in end) || end.code !== 0) throw new StartRefused(fillFailure('code' in end ? exchange.said : end.refused, exchange.errors, session.settings.helperImage));
    });
    work.output.observe({ type: 'workspace.filled', bytes });
  }

  async #isFilled(filler: string): Promise<boolean> {
    const answer = await askPod(this.session, this.spec.name, ['/bin/sh', '-c', `[ -e ${completeFile} ]`], this.work.signal, filler);
    // Without gates whoever was filled has ended, and only then.
    return answer === undefined ? this.form === 'raw' : answer.code === 0;
  }

  async #open(gates: readonly Gate[]): Promise<void> {
    await this.#whileStarting(gates, async (signal) => {
      await Promise.all(
        gates.map(async (gate) => {
          const end = await runInPod(this.session, this.spec.name, openCommand(gate), { signal });
          if (!('code' in end) || end.code !== 0) throw new StartRefused({ code: 'start-failed', detail: `the container ${gate.container} could not be let go: ${JSON.stringify(end)}` });
        }),
      );
    });
  }

  /** Does something that waits for containers to come to their gates, unless one of them turns out not to come, or the pod to fail. */
  async #whileStarting<T>(gates: readonly Gate[], act: (signal: AbortSignal) => Promise<T>): Promise<T> {
    const over = new AbortController();
    const signal = AbortSignal.any([over.signal, this.work.signal]);
    try {
      return await Promise.race([act(signal), this.#failing(gates, signal)]);
    } finally {
      over.abort(new Error('it is over'));
    }
  }

  /** Rejects as soon as the pod cannot come to run the commands behind these gates, or with the signal's reason. */
  async #failing(gates: readonly Gate[], signal: AbortSignal): Promise<never> {
    const closed = new Set(gates.map(({ container }) => container));
    for (;;) {
      const fault = await this.#follower.until((news) => {
        this.#observe(news);
        return judgeStarting(news, this.#question([...closed]));
      }, signal);
      // The cluster may report the end of a short command before the helper reports that its gate is open.
      const { container = '' } = fault;
      if (!closed.has(container) || !(await this.#hasBegun(container, signal))) throw new StartRefused(await this.#explained(fault));
      closed.delete(container);
    }
  }

  async #hasBegun(container: string, signal: AbortSignal): Promise<boolean> {
    const answer = await persistently(this.session.clock, signal, async () => await askPod(this.session, this.spec.name, beganCommand(container), signal));
    return answer !== undefined && hasBegun(answer.text);
  }

  async #runFirst(gate: Gate): Promise<void> {
    await persistently(this.session.clock, this.work.signal, async () => await this.#open([gate]));
    const exit = await containerEnd(this.session, this.spec.name, gate.container, this.#follower, this.work.signal);
    this.work.signal.throwIfAborted();
    if ('failure' in exit) throw new StartRefused(exit.failure);
    if (exit.code !== 0) throw new StartRefused({ code: 'start-failed', detail: `the init container ${gate.container} ended with ${exit.code}` });
  }

  /** An image without a shell is known as that from now on: its commands can have no gate, nor can it be the helper. */
  async #explained({ failure, container = '' }: PodFault): Promise<Failure> {
    const { settings, withoutShell } = this.session;
    if (failure.code !== 'start-failed' || !failure.detail.includes('/bin/sh') || this.form === 'raw') {
      return await withLastLines(this.session, this.spec.name, failure, this.work.signal);
    }
    if (container === helperContainer) return { code: 'start-failed', detail: noHelper('`/bin/sh`', settings.helperImage) };
    withoutShell.add(allContainers(this.spec).find(({ name }) => name === container)?.image ?? '');
    return { code: 'start-failed', detail: noHelper('`/bin/sh`', undefined) };
  }
}
