/** The command line as a function, over a world and services in memory: what each of its tests is given. */
import { test as base } from 'vitest';
import { runCli } from '../../src/cli/run-cli.ts';
import { FakeHost } from './fake-host.ts';
import { FakeServices } from './fake-services.ts';
import { ManualClock } from './manual-clock.ts';
import { storyStart } from './run-story.ts';

/** A command that may still go on. */
export interface BegunCommand {
  readonly host: FakeHost;
  /** The exit code. */
  readonly ended: Promise<number>;
}

export interface EndedCommand {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
  readonly host: FakeHost;
  /** How often the services were asked for: never, where a command touches nothing. */
  readonly composed: number;
}

/** What a test does to the world before the command begins. */
type Prepare = (host: FakeHost) => void;

export interface CommandLine {
  /** At the beginning of every story. */
  readonly clock: ManualClock;
  readonly services: FakeServices;
  /** For commands that are told something while they go on. */
  begin(argv: readonly string[]): BegunCommand;
  /** A command from its beginning to its end. */
  slipway(argv: readonly string[], prepare?: Prepare): Promise<EndedCommand>;
}

/** The version that it is told to be. */
export const cliVersion = '1.2.3';

export const it = base.extend<CommandLine>({
  clock: async ({}, use) => await use(new ManualClock(storyStart)),
  services: async ({ clock }, use) => await use(new FakeServices(clock)),
  begin: async ({ clock, services }, use) =>
    await use((argv) => {
      const host = new FakeHost(argv, clock);
      return { host, ended: runCli(host, cliVersion, async () => services) };
    }),
  slipway: async ({ clock, services }, use) =>
    await use(async (argv, prepare = () => {}) => {
      const host = new FakeHost(argv, clock);
      prepare(host);
      let composed = 0;
      const code = await runCli(host, cliVersion, async () => {
        composed++;
        return services;
      });
      return { code, stdout: host.stdout.text, stderr: host.stderr.text, host, composed };
    }),
});

/** Waits for what the command line does in its next turns; a manual clock does not wake anything here. */
export async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setImmediate(resolve));
}
