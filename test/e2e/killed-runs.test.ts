/**
 * Kills the owner of a run at random moments. Then resumes the run (and perhaps kills it again) until it has ended, or
 * cleans up its leftovers. A hundred times over all runtimes. SLIPWAY_KILLS sets another number, SLIPWAY_SEED repeats
 * the moments of a failure.
 */
import { describe, expect, it } from 'vitest';
import { applyEvent, emptyRunState, type RunState } from '../../src/events/run-state.ts';
import type { StoredEvent } from '../../src/events/event.ts';
import { baseImage } from '../rigs/engines.ts';
import { projectDir, type ProjectDir } from '../rigs/project-dir.ts';
import { runCli } from '../rigs/run-cli.ts';
import { clusterPlace, enginePlaces, type PlaceUnderTest, type RunPlace } from '../rigs/run-place.ts';

const kills = Number(process.env['SLIPWAY_KILLS'] ?? 100);
const seed = Number(process.env['SLIPWAY_SEED'] ?? Date.now() % 1_000_000);

const lines = (name: string) => Array.from({ length: 15 }, (_, i) => `${name} ${i + 1}\n`).join('');
const speaks = (name: string, more: string) => `
  ${name}:
    artifacts: ["${name}.txt"]
    container:
      image: ${baseImage}
      cmds:
        - for i in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15; do echo ${name} $i; sleep 0.02; done
        - ${more}`;
const pipeline = `
speak:${speaks('left', 'echo made-left > left.txt')}${speaks('right', 'echo made-right > right.txt')}
join:${speaks('both', 'cat left.txt right.txt > both.txt; cat both.txt')}
`;
const expected: Record<string, string> = {
  left: lines('left'),
  right: lines('right'),
  both: `${lines('both')}made-left\nmade-right\n`,
};

/** On the host, only the steps themselves can report leftovers. */
const host: PlaceUnderTest = {
  name: 'host',
  on: 'host',
  open: async () => ({
    name: 'host',
    on: 'host',
    env: {},
    leftovers: async () => [],
    [Symbol.asyncDispose]: async () => undefined,
  }),
};

/** `span`: the maximum duration of a run in milliseconds. It is killed at a random moment of it. */
const targets: readonly { readonly place: PlaceUnderTest; readonly share: number; readonly span: number }[] = [
  ...enginePlaces.map((place) => ({ place, share: place.name === 'docker' ? 0.4 : 0.25, span: 1_200 })),
  { place: clusterPlace, share: 0.2, span: 4_000 },
  { place: host, share: 0.15, span: 1_200 },
];

describe.each(targets)('a run on $place.name that is killed', ({ place: { skip, open }, share, span }) => {
  const times = Math.max(1, Math.round(kills * share));

  // Concurrent, because most of the time is waiting, and nothing is shared.
  it.skipIf(skip !== undefined)(
    `is resumed or cleaned up, ${times} times (seed ${seed})`,
    { timeout: 900_000, concurrent: true },
    async () => {
      const random = randomOf(seed);
      await using place = await open();
      await using project = await projectDir({ '.wharf-ci.yml': pipeline });
      const world = new World(project, place);
      let before: string | undefined;
      for (let time = 0; time < times; time++) {
        const resumes = random() < 0.7;
        const about = `time ${time + 1}, ${resumes ? 'resumed' : 'cleaned'}`;
        await world.killed(['run', '--quiet'], random() * span);
        const id = await world.latest();
        // Killed before the run existed.
        if (id === undefined || id === before) continue;
        before = id;
        if (resumes) await resumeToTheEnd(world, id, random, span * 0.75, about);
        else await cleanUp(world, id, about);
        expect(await place.leftovers(id), about).toEqual([]);
      }
      expect(await project.leftovers()).toEqual([]);
    },
  );
});

describe.each([...enginePlaces, clusterPlace])('the leftovers of a dead run on $name', ({ skip, open }) => {
  it.skipIf(skip !== undefined)('are removed without touching a live run', { timeout: 120_000 }, async () => {
    await using project = await projectDir({
      '.wharf-ci.yml': `s:\n  waits:\n    container: {image: "${baseImage}", cmds: ["echo begun; sleep 60"]}\n`,
    });
    await using place = await open();
    const world = new World(project, place);
    await using dead = world.cli(['run', '--output', 'text']);
    await dead.until('| begun');
    dead.signal('SIGKILL');
    await dead.ended;
    const deadId = (await world.latest()) ?? '';
    await using alive = world.cli(['run', '--output', 'text']);
    await alive.until('| begun');
    const aliveId = (await world.latest()) ?? '';
    await world.clean();
    expect(await place.leftovers(deadId)).toEqual([]);
    // A resume would not find its steps.
    expect((await world.state(deadId)).status).toBe('cancelled');
    expect(await place.leftovers(aliveId)).toHaveLength(1);
    await world.cli(['cancel', aliveId]).exits(0);
    expect((await alive.ended).code).toBe(130);
    expect(await place.leftovers(aliveId)).toEqual([]);
  });
});

class World {
  readonly #env: Readonly<Record<string, string>>;
  readonly #project: ProjectDir;

  constructor(
    project: ProjectDir,
    readonly place: RunPlace,
  ) {
    this.#project = project;
    this.#env = { ...project.env, SLIPWAY_ON: place.on, ...place.env };
  }

  cli(args: readonly string[]) {
    return runCli(args, { cwd: this.#project.path, env: this.#env });
  }

  /** Reports whether it was killed before it ended. */
  async killed(args: readonly string[], afterMs: number): Promise<boolean> {
    const run = this.cli(args);
    const timer = setTimeout(() => run.signal('SIGKILL'), afterMs);
    const { signal } = await run.ended;
    clearTimeout(timer);
    return signal === 'SIGKILL';
  }

  async latest(): Promise<string | undefined> {
    const { stdout } = await this.cli(['runs', '--output', 'json', '--limit', '1']).exits(0);
    return /"id":\s*"([0-9a-z]{26})"/.exec(stdout)?.[1];
  }

  /** Folds the log strictly. */
  async state(id: string): Promise<RunState> {
    const { stdout } = await this.cli(['events', id]).exits(0);
    const state = emptyRunState();
    for (const line of stdout.split('\n').filter((text) => text !== '')) applyEvent(state, revived(line), true);
    return state;
  }

  /** A cluster is checked only if it is named. */
  async clean(): Promise<void> {
    await this.cli(['doctor', '--clean', '--on', this.place.on]).exits(0);
  }

  get ownsProcesses(): boolean {
    return this.place.on === 'host';
  }
}

async function resumeToTheEnd(
  world: World,
  id: string,
  random: () => number,
  span: number,
  about: string,
): Promise<void> {
  for (let again = 0; again < 2 && random() < 0.5; again++)
    await world.killed(['resume', id, '--quiet'], random() * span);
  const last = await world.cli(['resume', id, '--quiet']).ended;
  const state = await world.state(id);
  const why = `${about}\n${last.stdout}${last.stderr}`;
  if (state.iterations.length === 0) {
    // Killed before planning: it cannot be resumed, and reports that.
    expect(state, why).toMatchObject({ status: 'failed', because: 'shutdown' });
    return;
  }
  if (world.ownsProcesses && state.status === 'failed') {
    const lost = [...state.steps.values()]
      .filter((step) => step.outcome?.status === 'failed')
      .map((step) => step.outcome);
    for (const outcome of lost) expect(outcome, why).toMatchObject({ failure: { code: 'runtime-lost' } });
    return;
  }
  expect(state.status, why).toBe('succeeded');
  for (const [step, output] of Object.entries(expected)) {
    const { stdout } = await world.cli(['logs', id, step]).exits(0);
    expect(stdout, `${about}, output of ${step}`).toBe(output);
  }
}

async function cleanUp(world: World, id: string, about: string): Promise<void> {
  // An engine may still create what a killed client asked for after the list of what is to be removed.
  await expect
    .poll(
      async () => {
        await world.clean();
        return await world.place.leftovers(id);
      },
      { timeout: 30_000, message: about },
    )
    .toEqual([]);
  await world.cli(['cancel', id]).exits(0);
  const state = await world.state(id);
  expect(['cancelled', 'succeeded', 'failed'], about).toContain(state.status);
}

function revived(line: string): StoredEvent {
  const { text, base64, ...event } = JSON.parse(line) as Record<string, unknown>;
  if (event['type'] !== 'output') return JSON.parse(line) as StoredEvent;
  return {
    ...event,
    bytes: typeof text === 'string' ? Buffer.from(text) : Buffer.from(String(base64), 'base64'),
  } as unknown as StoredEvent;
}

/** A small generator, to make the moments reproducible. */
function randomOf(start: number): () => number {
  let state = start >>> 0;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}
