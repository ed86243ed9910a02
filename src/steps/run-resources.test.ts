import { describe, expect, it } from 'vitest';
import { noCommands } from '../../test/rigs/no-commands.ts';
import { failing, plainStep, settled, succeeding } from '../../test/rigs/step-work.ts';
import type { StepState } from '../events/run-state.ts';
import type { Artifact, FilesArtifact } from '../model/artifact.ts';
import { stepId, type StepId } from '../model/ids.ts';
import type { TarSource } from '../model/tree.ts';
import { RuntimeRefused } from '../runtime/runtime-refused.ts';
import { labelKeys, type Labels, type Runtime, type Workload, type WorkloadRef } from '../runtime/runtime.ts';
import type { ArtifactStore } from '../workspace/workspace.ts';
import { RunResources } from './run-resources.ts';

const { signal } = new AbortController();

function tree(name: string): TarSource & { readonly name: string } {
  return { name, open: async function* () {} };
}

const files = (manifest: string): FilesArtifact => ({
  kind: 'files',
  manifest: manifest as FilesArtifact['manifest'],
  files: 1,
  bytes: 1,
});
const image: Artifact = { kind: 'image', id: 'sha256:1', references: [], pushed: [] };

function refOf(id: string, step: StepId, attempt = 1): WorkloadRef {
  return {
    runtime: 'fake',
    id,
    name: `w-${id}`,
    labels: { [labelKeys.step]: step, [labelKeys.attempt]: String(attempt) },
    state: 'running',
  };
}

/** Finds those that carry all wanted labels of their lifetime. */
const asFound = (refs: readonly WorkloadRef[]): Runtime['find'] =>
  async function* (wanted) {
    yield* refs.filter(({ labels }) => labels[labelKeys.lifetime] === wanted[labelKeys.lifetime]);
  };

/** The parts that steps share, with a runtime and an artifact store that record their calls. */
function rig(found: readonly WorkloadRef[] | Error = [], commands?: readonly WorkloadRef[]) {
  const calls: string[] = [];
  const labels: Labels[] = [];
  const broken = new Set<string>();
  const gates = new Map<string, Promise<void>>();
  let stored: () => Promise<unknown> = async () => await Promise.resolve();

  const removal = async (name: string): Promise<void> => {
    calls.push(`remove ${name}`);
    await gates.get(name);
    if (broken.has(name)) throw new Error('it is stuck');
  };
  const runtime = {
    find: async function* (wanted: Labels) {
      labels.push(wanted);
      if (found instanceof Error) throw found;
      yield* found;
    },
    remove: async (ref: WorkloadRef, graceMs: number) => {
      expect(graceMs).toBe(0);
      await removal(ref.id);
    },
  } as unknown as Runtime;
  const artifacts = {
    overlay: (all: readonly FilesArtifact[]) => {
      calls.push(`overlay ${all.map(({ manifest }) => manifest as string).join(' ')}`);
      return tree(all.map(({ manifest }) => manifest as string).join('+'));
    },
    claim: async (stage: number, step: string, { manifest }: FilesArtifact) =>
      void calls.push(`claim ${stage} ${step} ${manifest as string}`),
  } as unknown as ArtifactStore;
  const resources = new RunResources({
    identity: { store: 'store' as never, run: 'run' as never, stages: [] },
    runtimes: [runtime],
    ...(commands && {
      commands: async () =>
        await Promise.resolve({
          ...noCommands,
          find: asFound(commands),
          remove: async (ref: WorkloadRef) => await removal(ref.id),
        }),
    }),
    snapshot: tree('snapshot'),
    artifacts,
    stored: async () => await stored(),
  });
  const workload = (id: string, step: StepId): Workload =>
    ({
      ref: refOf(id, step),
      [Symbol.asyncDispose]: async () => await removal(id),
    }) as unknown as Workload;
  return {
    resources,
    calls,
    labels,
    /** Makes its removal fail. */
    breakRemoval: (id: string) => void broken.add(id),
    /** @returns a function that lets the removal continue */
    holdRemoval: (id: string): (() => void) => {
      let open = (): void => undefined;
      gates.set(id, new Promise((resolve) => (open = resolve)));
      return open;
    },
    storing: (promise: Promise<unknown>) => (stored = async () => await promise),
    workload,
    leftBehind: () => resources.leftBehind().map(({ name }) => name),
    layers: (step: StepId) =>
      resources.layers(plainStep({}, step)).map((layer) => (layer as TarSource & { name: string }).name),
    finish: (step: StepId, ...made: Artifact[]) =>
      resources.finished(plainStep({}, step), { ...succeeding, artifacts: made }),
  };
}

const a = stepId(1, 1, 1);
const b = stepId(1, 1, 2);

describe('the tree that a step sees', () => {
  it('is the snapshot where nothing was made before', () => {
    const { layers, resources, calls } = rig();
    expect(layers(a)).toEqual(['snapshot']);
    expect(resources.workspace(plainStep())).toMatchObject({ name: 'snapshot' });
    expect(calls).toEqual([]);
  });

  it('has what earlier stages of its iteration made over it, in the order of declaration', () => {
    const { layers, finish, calls } = rig();
    finish(stepId(1, 2, 1), files('2.1'));
    finish(stepId(1, 1, 2), files('1.2'), image);
    finish(stepId(1, 1, 1), files('1.1'));
    finish(stepId(2, 1, 1), files('other iteration'));
    finish(stepId(1, 1, 3), image);
    finish(stepId(3, 1, 1), image);
    expect(layers(stepId(1, 1, 4))).toEqual(['snapshot']);
    expect(layers(stepId(1, 2, 2))).toEqual(['snapshot', '1.1+1.2']);
    expect(layers(stepId(1, 3, 1))).toEqual(['snapshot', '1.1+1.2+2.1']);
    expect(layers(stepId(2, 2, 1))).toEqual(['snapshot', 'other iteration']);
    expect(layers(stepId(2, 1, 2))).toEqual(['snapshot']);
    expect(layers(stepId(3, 2, 1))).toEqual(['snapshot']);
    expect(calls).toHaveLength(3);
  });

  it('is one and the same for all steps of a stage', () => {
    const { layers, finish, calls } = rig();
    finish(a, files('1'));
    expect(layers(stepId(1, 2, 1))).toEqual(['snapshot', '1']);
    finish(b, files('late'));
    expect(layers(stepId(1, 2, 2))).toEqual(['snapshot', '1']);
    expect(calls).toEqual(['overlay 1']);
  });

  it('has what failed steps made, too', () => {
    const { resources, layers } = rig();
    resources.finished(plainStep({}, a), { ...failing(), artifacts: [files('1')] });
    expect(layers(stepId(1, 2, 1))).toEqual(['snapshot', '1']);
  });
});

describe('the workload of a step that has ended', () => {
  it('is removed once the end is stored, and not before', async () => {
    const { resources, calls, finish, storing, workload, leftBehind } = rig();
    let stored = (): void => undefined;
    storing(new Promise<void>((resolve) => (stored = resolve)));
    const one = workload('1', a);
    resources.present(one);
    resources.ended(a, one);
    finish(a);
    await settled();
    expect(calls).toEqual([]);
    expect(leftBehind()).toEqual(['w-1']);
    stored();
    await settled();
    expect(calls).toEqual(['remove 1']);
    expect(leftBehind()).toEqual([]);
  });

  it('stays where the end cannot be stored', async () => {
    const { resources, calls, finish, storing, workload, leftBehind } = rig();
    storing(Promise.reject(new Error('disk full')));
    const one = workload('1', a);
    resources.present(one);
    resources.ended(a, one);
    finish(a);
    await settled();
    expect([calls, leftBehind()]).toEqual([[], ['w-1']]);
  });

  it('of each attempt is removed when the next one begins', async () => {
    const { resources, calls, workload } = rig();
    resources.ended(a, workload('1', a));
    resources.ended(b, workload('other', b));
    resources.nextAttempt(a);
    await settled();
    expect(calls).toEqual(['remove 1']);
    resources.nextAttempt(a);
    resources.ended(a, workload('2', a));
    resources.ended(a, workload('3', a));
    resources.removeEnded(a);
    expect(calls).toEqual(['remove 1', 'remove 2', 'remove 3']);
    resources.removeEnded(a);
    expect(calls).toHaveLength(3);
  });

  it('is removed at the end of the run at the latest, and that is waited for', async () => {
    const { resources, calls, holdRemoval, workload } = rig();
    const open = holdRemoval('1');
    resources.ended(a, workload('1', a));
    let settledWith: readonly string[] | undefined;
    const settling = resources.settled().then((problems) => (settledWith = problems));
    await settled();
    expect(calls).toEqual(['remove 1']);
    expect(settledWith).toBeUndefined();
    open();
    await settling;
    expect(settledWith).toEqual([]);
  });

  it('is reported once if it cannot be removed, and counts as left behind', async () => {
    const { resources, breakRemoval, workload, leftBehind } = rig();
    breakRemoval('1');
    const one = workload('1', a);
    resources.present(one);
    resources.ended(a, one);
    resources.ended(a, workload('2', a));
    const [problem, ...others] = await resources.settled();
    expect(problem).toContain('w-1');
    expect(problem).toContain('it is stuck');
    expect(problem).toContain('slipway doctor --clean');
    expect(others).toEqual([]);
    expect(leftBehind()).toEqual(['w-1']);
    expect(await resources.settled()).toEqual([]);
  });

  it('waits at the end for removals that began before, and for those of steps whose end is being stored', async () => {
    const { resources, calls, finish, storing, holdRemoval, workload } = rig();
    let stored = (): void => undefined;
    storing(new Promise<void>((resolve) => (stored = resolve)));
    const open = holdRemoval('1');
    resources.ended(a, workload('1', a));
    finish(a);
    let done = false;
    const settling = resources.settled().then(() => (done = true));
    await settled();
    expect([calls, done]).toEqual([[], false]);
    stored();
    await settled();
    expect([calls, done]).toEqual([['remove 1'], false]);
    open();
    await settling;
  });
});

describe('a kept workload', () => {
  it('stays, and does not count as left behind', async () => {
    const { resources, calls, finish, workload, leftBehind } = rig();
    const one = workload('1', a);
    resources.present(one);
    resources.keep(a, one);
    finish(a);
    await resources.settled();
    expect([calls, leftBehind()]).toEqual([[], []]);
  });

  it('is removed when another attempt begins, once', async () => {
    const { resources, calls, workload } = rig();
    resources.keep(a, workload('1', a));
    resources.nextAttempt(b);
    expect(calls).toEqual([]);
    resources.nextAttempt(a);
    resources.nextAttempt(a);
    await settled();
    expect(calls).toEqual(['remove 1']);
  });
});

describe('whether a step has run', () => {
  it('is known when it has ended, in this process or an earlier one', async () => {
    const { resources, finish } = rig();
    const ran = () => [a, b, stepId(1, 1, 3)].map((step) => resources.hasRun(step));
    expect(ran()).toEqual([false, false, false]);
    finish(a);
    await resources.takeOver(
      [stateOf(b, { attempt: 1 }), stateOf(stepId(1, 1, 3), { status: 'skipped', attempt: 0 })],
      signal,
    );
    expect(ran()).toEqual([true, true, false]);
  });
});

describe('what may be left behind', () => {
  it('is what exists, and what is being created', () => {
    const { resources, workload, leftBehind } = rig();
    resources.present(workload('1', a));
    const starting = resources.starting('fake', { name: 'w-2', labels: { x: 'y' } });
    expect(leftBehind()).toEqual(['w-1', 'w-2']);
    expect(resources.leftBehind()[1]).toEqual({
      runtime: 'fake',
      id: '',
      name: 'w-2',
      labels: { x: 'y' },
      state: 'created',
    });
    starting[Symbol.dispose]();
    expect(leftBehind()).toEqual(['w-1']);
  });
});

function stateOf(id: StepId, more: Partial<StepState>): StepState {
  return {
    planned: { ...plainStep({}, id), name: `step-${id}` },
    stage: 's',
    status: 'succeeded',
    attempt: 1,
    artifacts: [],
    failures: [],
    streams: {},
    lost: 0,
    ...more,
  };
}

describe('what another process left', () => {
  const c = stepId(1, 1, 3);
  const states = [
    stateOf(a, { status: 'inProgress', attempt: 2 }),
    stateOf(b, { status: 'failed', kept: 'w-kept', artifacts: [files('1'), image, files('2')] }),
    stateOf(c, { status: 'succeeded' }),
  ];
  const left = [
    refOf('running', a, 2),
    refOf('earlier-attempt', a, 1),
    refOf('kept', b),
    refOf('not-kept', b),
    refOf('ended', c),
    refOf('unknown', stepId(9, 9, 9)),
    { ...refOf('unlabelled', a), labels: {} },
  ];

  it('is not what made no files', async () => {
    const { resources, layers, calls } = rig();
    await resources.takeOver([stateOf(a, { artifacts: [image] })], signal);
    expect(layers(stepId(1, 2, 1))).toEqual(['snapshot']);
    expect(calls).toEqual([]);
  });

  it('is removed when it is taken over, but kept workloads and those in progress', async () => {
    const { resources, calls, labels } = rig(left);
    await resources.takeOver(states, signal);
    expect(await resources.settled()).toEqual([]);
    expect(calls).toEqual([
      'claim 1 step-1.1.2 1',
      'claim 1 step-1.1.2 2',
      'remove earlier-attempt',
      'remove not-kept',
      'remove ended',
      'remove unknown',
      'remove unlabelled',
    ]);
    expect(labels).toEqual([{ [labelKeys.store]: 'store', [labelKeys.run]: 'run' }]);
  });

  it('of commands is ended before the steps go on, also of attempts in progress', async () => {
    const commands = [
      { ...refOf('command', a, 2), labels: { ...refOf('command', a, 2).labels, [labelKeys.lifetime]: 'command' } },
      refOf('workload', a, 2),
    ];
    for (const end of ['takeOver', 'removeAll'] as const) {
      const { resources, calls, holdRemoval } = rig([], commands);
      const open = holdRemoval('command');
      let done = false;
      const ending = end === 'takeOver' ? resources.takeOver([], signal) : resources.removeAll(new Map(), signal);
      const ended = ending.then(() => (done = true));
      await settled();
      expect([calls, done]).toEqual([['remove command'], false]);
      open();
      await ended;
    }
  });

  it('of files is seen by later stages', async () => {
    const { resources, layers } = rig();
    await resources.takeOver(states, signal);
    expect(layers(stepId(1, 2, 1))).toEqual(['snapshot', '1+2']);
  });

  it('is removed when the run is given up, but kept workloads; that is waited for', async () => {
    const { resources, calls, holdRemoval } = rig(left);
    const open = holdRemoval('running');
    let done = false;
    const removing = resources
      .removeAll(new Map(states.map((state) => [state.planned.id, state])), signal)
      .then(() => (done = true));
    await settled();
    expect(calls).toEqual([
      'remove running',
      'remove earlier-attempt',
      'remove not-kept',
      'remove ended',
      'remove unknown',
      'remove unlabelled',
    ]);
    expect(done).toBe(false);
    open();
    await removing;
  });

  it('is reported at the end if it cannot be searched', async () => {
    const { resources } = rig(new RuntimeRefused({ code: 'forbidden', detail: 'd' }, new Error('no permission')));
    await resources.takeOver(states, signal);
    const problems = await resources.settled();
    expect(problems).toHaveLength(1);
    expect(problems[0]).toContain('no permission');
    expect(await resources.settled()).toEqual([]);
  });

  it('is nothing to hide a mistake of ours', async () => {
    const { resources } = rig(new TypeError('a mistake'));
    await expect(resources.takeOver(states, signal)).rejects.toThrow('a mistake');
  });
});
