import { parseArgs } from 'node:util';

/** What every measurement can be told on its command line; the rest is its own. */
export interface Settings {
  readonly rounds: number;
  /** Docker API addresses as `DOCKER_HOST` has them. */
  readonly engines: readonly string[];
  /** With a `/bin/sh`; present on all of the engines. */
  readonly image: string;
  /** The binary of act (github.com/nektos/act), where it shall take part. */
  readonly act: string | undefined;
  /** The bundled command line. */
  readonly cli: string;
  /** Words that are no flags. */
  readonly words: readonly string[];
}

export function readSettings(defaultRounds: number): Settings {
  const { values, positionals } = parseArgs({
    options: {
      rounds: { type: 'string', default: String(defaultRounds) },
      engine: { type: 'string', multiple: true },
      image: { type: 'string', default: process.env['BENCH_IMAGE'] ?? 'localhost/busybox:1' },
    },
    allowPositionals: true,
  });
  const cli = process.env['BENCH_CLI'];
  if (cli === undefined) throw new Error('is started by bench/run.mjs');
  return {
    rounds: Number(values.rounds),
    engines: values.engine ?? [process.env['DOCKER_HOST'] ?? 'unix:///var/run/docker.sock'],
    image: values.image,
    act: process.env['ACT'],
    cli,
    words: positionals,
  };
}
