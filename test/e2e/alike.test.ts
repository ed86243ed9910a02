/**
 * Runs the same pipeline on an engine and on a cluster. The log, exit codes, output, artifacts and `show` must be
 * equal, except for what `test/rigs/run-account.ts` omits. All places run it at the same time in the same project, each
 * with its own state.
 */
import { readFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { baseImage } from '../rigs/engines.ts';
import { projectDir, type ProjectFile } from '../rigs/project-dir.ts';
import { Teller, type ToldOfRun } from '../rigs/run-account.ts';
import { clusterPlace, enginePlaces, type RunPlace } from '../rigs/run-place.ts';

const root = new URL('../../', import.meta.url);
const read = async (path: string) => await readFile(new URL(path, root), 'utf8');

/** A sequence of commands. The account is of the latest run. */
type Story = (teller: Teller) => Promise<void>;

const finishes =
  (code: number, ...more: readonly string[]): Story =>
  async (teller) =>
    void (await teller.ends(teller.run(...more), 'run', code));

interface Fields extends Readonly<Record<string, unknown>> {
  readonly cmds: readonly string[];
  readonly image?: string;
}
type Stage = Readonly<Record<string, Fields | string>>;

/** YAML is a superset of JSON. */
function yaml(stages: Readonly<Record<string, Stage>>, more: object = {}): string {
  const step = ({ cmds, image = baseImage, ...fields }: Fields) => ({ ...fields, container: { image, cmds } });
  const stage = (fields: Stage) =>
    Object.fromEntries(
      Object.entries(fields).map(([name, value]) => [name, typeof value === 'string' ? value : step(value)]),
    );
  return JSON.stringify({
    ...more,
    ...Object.fromEntries(Object.entries(stages).map(([name, fields]) => [name, stage(fields)])),
  });
}

/** Removes kept workloads with their run. A cluster is cleaned up only if it is named. */
async function forget(teller: Teller): Promise<void> {
  await teller.cli(['prune', 'latest']).exits(0);
  await teller.cli(['doctor', '--clean', '--on', teller.place.on]).exits(0);
}

const docker = enginePlaces.find(({ name }) => name === 'docker');
const podman = enginePlaces.find(({ name }) => name === 'podman');
const needed = [docker, clusterPlace].filter((place) => place !== undefined);
const missing = needed.map(({ skip }) => skip).find((skip) => skip !== undefined);
// Podman only where everything is tested: it has Docker's API and the same runtime.
const tried = [
  ...needed,
  ...(podman !== undefined && podman.skip === undefined && process.env['SLIPWAY_BRIEF'] === undefined ? [podman] : []),
];

describe(
  `on ${tried.map(({ name }) => name).join(', ')}${missing === undefined ? '' : `: ${missing}`}`,
  { timeout: 240_000, skip: missing !== undefined },
  () => {
    let places: readonly RunPlace[] = [];
    beforeAll(async () => {
      places = await Promise.all(tried.map(async (place) => await place.open()));
    });
    afterAll(async () => {
      for (const place of places) await place[Symbol.asyncDispose]();
    });

    /**
     * Compares the accounts of all places. They must be equal, and nothing may be left.
     * @param files of the project, or its pipeline
     * @param kept the number of workloads that remain on request
     */
    async function alike(
      files: Readonly<Record<string, ProjectFile>> | string,
      story: Story,
      { env = {}, kept = 0 }: { readonly env?: Readonly<Record<string, string>>; readonly kept?: number } = {},
    ): Promise<ToldOfRun> {
      await using project = await projectDir(typeof files === 'string' ? { '.wharf-ci.yml': files } : files);
      const accounts = await Promise.all(
        places.map(async (place) => {
          const teller = new Teller(place, project, env);
          await story(teller);
          const { id, told } = await teller.account();
          const left = (await place.leftovers(id)).length;
          if (left > 0) await forget(teller);
          expect(await place.leftovers(id)).toEqual([]);
          return { ...told, left };
        }),
      );
      const [first, ...others] = accounts;
      if (first === undefined || others.length === 0) throw new Error('nothing to compare');
      for (const other of others) expect(other).toEqual(first);
      expect(first.left).toBe(kept);
      return first;
    }

    it.concurrent('a failure decides which later stages run', async () => {
      const told = await alike(
        (await read('examples/conditions/.wharf-ci.yml')).replaceAll('busybox:1', baseImage),
        finishes(1),
      );
      expect(told.shown).toContain('always-2');
    });

    it.concurrent('both spellings of the condition work', async () => {
      const told = await alike(
        (await read('test/fixtures/wharf/conditions.yml')).replaceAll('alpine:latest', baseImage),
        finishes(0),
      );
      expect(Object.values(told.logs)).toEqual(['runs\n', 'runs\n', 'runs\n']);
    });

    it.concurrent('a failed step keeps its exit code and artifacts', async () => {
      const pipeline = yaml({
        forgiven: { red: { 'allow-failure': true, cmds: ['echo to stderr >&2', 'no-such-program'] } },
        fails: {
          red: {
            artifacts: ['why', 'none'],
            cmds: ['echo because > why', 'printf "no end of line"', 'exit 43', 'echo never'],
          },
        },
        never: { green: { cmds: ['echo never'] } },
      });
      const told = await alike(pipeline, finishes(1));
      expect(told.logs['1.2.1']).toBe('no end of line');
      expect(told.files).toEqual({ why: 'because\n' });
    });

    it.concurrent('Ctrl-C stops running steps and runs `always` stages', async () => {
      const pipeline = yaml({
        waits: {
          long: {
            artifacts: ['made'],
            cmds: ["echo x > made; trap 'echo asked; exit 7' TERM; echo begun; while :; do sleep 0.1; done"],
          },
        },
        tidy: { 'runs-if': 'always', sweep: { cmds: ['echo swept; test ! -e made'] } },
      });
      const told = await alike(pipeline, async (teller) => {
        await using run = teller.run();
        await run.until('| begun');
        run.signal('SIGINT');
        await teller.ends(run, 'run', 130);
      });
      expect(told.logs).toEqual({ '1.1.1': 'begun\nasked\n', '1.2.1': 'swept\n' });
    });

    it.concurrent('a killed run resumes without a trace in its log', async () => {
      const pipeline = yaml({
        counts: {
          long: {
            artifacts: ['made'],
            cmds: ['i=0; while [ $i -lt 60 ]; do i=$((i+1)); echo line $i; sleep 0.05; done; echo x > made'],
          },
        },
        then: { short: { cmds: ['cat made'] } },
      });
      const told = await alike(pipeline, async (teller) => {
        await using run = teller.run();
        await run.until('| line 5');
        run.signal('SIGKILL');
        await teller.ends(run, 'run', 'SIGKILL');
        await teller.ends(teller.cli(['resume', 'latest']), 'resume', 0);
      });
      expect(told.logs).toEqual({
        '1.1.1': Array.from({ length: 60 }, (_, i) => `line ${i + 1}\n`).join(''),
        '1.2.1': 'x\n',
      });
    });

    it.concurrent('ten thousand single lines arrive completely', async () => {
      const told = await alike(
        yaml({ longStage: { longStep: { cmds: ['i=0; while [ $i -lt 10000 ]; do i=$((i+1)); echo $i; done'] } } }),
        finishes(0),
      );
      expect(told.logs['1.1.1']?.trimEnd().split('\n')).toEqual(
        Array.from({ length: 10_000 }, (_, i) => String(i + 1)),
      );
    });

    it.concurrent('later stages get artifacts; the next run gets the cache of successful steps', async () => {
      const pipeline = yaml({
        make: {
          one: {
            artifacts: ['dist/**', '.hidden'],
            cmds: [
              'mkdir -p dist/deep; echo one > dist/a; printf "\\000\\377" > dist/deep/b; chmod 755 dist/a; ln -s a dist/link; echo h > .hidden; echo no > other',
            ],
          },
        },
        use: {
          two: {
            cache: ['.cache'],
            cmds: [
              'cat dist/a .hidden; test -x dist/a; readlink dist/link; test ! -e other',
              'mkdir -p .cache; echo x >> .cache/count; wc -l < .cache/count',
              'test ! -e red',
            ],
          },
        },
      });
      const told = await alike(pipeline, async (teller) => {
        await teller.ends(teller.run(), 'first run', 0);
        await teller.ends(teller.run(), 'second run', 0);
      });
      expect(told.logs['1.2.1']).toBe('one\nh\na\n2\n');
      expect(told.files).toMatchObject({ '.hidden': 'h\n', 'dist/a': 'one\n', 'dist/deep/b': '\0\u00ff' });
    });

    it.concurrent('a timeout applies to each attempt, and one success is enough', async () => {
      const pipeline = yaml({
        // The time includes creating a pod on a busy cluster.
        slow: {
          s: {
            timeout: '15s',
            retries: 1,
            'allow-failure': true,
            artifacts: ['made'],
            cmds: ['test ! -e made; echo x > made; echo begun; sleep 60'],
          },
        },
        late: { s: { retries: 2, env: { WHAT: 'said' }, cmds: ['echo $WHAT by $SLIPWAY_STEP of $CI', 'false'] } },
      });
      const told = await alike(pipeline, finishes(1));
      expect(told.files).toEqual({ made: 'x\n' });
    });

    it.concurrent('passwords and operator secrets reach their step and are masked everywhere', async () => {
      const [password, token] = ["corr'ect horse/42", 'operators-own-token'];
      const pipeline = yaml(
        {
          go: {
            say: {
              env: { PW: '${pw}' },
              artifacts: ['made'],
              cmds: [
                'echo "is $PW"; printf %s "$PW" | base64; echo "<$token>"',
                `test "$(printf %s "$PW" | wc -c)" = ${password.length}`,
                'echo x > made; exit 3',
              ],
            },
          },
        },
        { inputs: [{ name: 'pw', type: 'password' }] },
      ).replace('"container":{', '"container":{"secretName":"keys",');
      const operator = { content: `secrets:\n  keys:\n    token: {environment: TOKEN}\n`, mode: 0o600 };
      const told = await alike(
        { '.wharf-ci.yml': pipeline, '../home/.config/slipway/config.yaml': operator },
        finishes(1),
        { env: { SLIPWAY_INPUT_PW: password, TOKEN: token } },
      );
      expect(told.logs['1.1.1']).toMatch(/^is \*\*\*\n\*\*\*=?\n<\*\*\*>\n$/);
    });

    it.concurrent('a single step runs without the artifacts of others', async () => {
      const told = await alike(
        yaml({
          a: { one: { cmds: ['echo one'] }, other: { cmds: ['echo other'] } },
          b: { two: { cmds: ['echo two'] } },
        }),
        finishes(0, '--step', 'other'),
      );
      expect(told.logs).toEqual({ '1.1.2': 'other\n' });
    });

    it.concurrent('--keep-failed keeps a failed step for a shell', async () => {
      await alike(
        yaml({ s: { red: { env: { WHAT: 'a $5 word' }, cmds: ['echo of this attempt > note; exit 3'] } } }),
        async (teller) => {
          await teller.ends(teller.run('--keep-failed'), 'run', 1);
          const { stdout } = await teller.ends(
            teller.cli(['shell', 'latest', 'red'], 'cat note; echo "$WHAT"; exit 5\n'),
            'shell',
            5,
          );
          expect(stdout).toContain('of this attempt\na $5 word\n');
          const rerun = await teller.ends(teller.cli(['rerun', 'latest', '--output', 'text']), 'rerun', 1);
          expect(rerun.stdout).toContain('red');
          await teller.ends(teller.cli(['prune', '--keep', '1']), 'prune', 0);
        },
        { kept: 1 },
      );
    });
  },
);
