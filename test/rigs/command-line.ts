/** The command line as a function with a fake host and in-memory services, for its tests. */
import { test as base } from 'vitest';
import { runCli } from '../../src/cli/run-cli.ts';
import { FakeHost } from './fake-host.ts';
import { FakeServices } from './fake-services.ts';
import { ManualClock } from './manual-clock.ts';
import { storyStart } from './run-story.ts';

/** A started command. */
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
  /** How often the services were created. A command without effects creates none. */
  readonly composed: number;
}

/** Changes the host before the command starts. */
type Prepare = (host: FakeHost) => void;

export interface CommandLine {
  /** At the start of every story. */
  readonly clock: ManualClock;
  readonly services: FakeServices;
  /** Starts a command, for tests that interact with it. */
  begin(argv: readonly string[]): BegunCommand;
  /** Runs a command to its end. */
  slipway(argv: readonly string[], prepare?: Prepare): Promise<EndedCommand>;
}

/** The version that the command line reports. */
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
