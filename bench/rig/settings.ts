import { parseArgs } from 'node:util';

/** The settings that all measurements share. */
export interface Settings {
  readonly rounds: number;
  /** Docker API addresses, as in `DOCKER_HOST`. */
  readonly engines: readonly string[];
  /** An image with `/bin/sh`, present on all engines. */
  readonly image: string;
  /** The binary of act (github.com/nektos/act), if act is measured too. */
  readonly act: string | undefined;
  /** The bundled command line. */
  readonly cli: string;
  /** Arguments that are not flags. */
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
  if (cli === undefined) throw new Error('start measurements with bench/run.mjs');
  return {
    rounds: Number(values.rounds),
    engines: values.engine ?? [process.env['DOCKER_HOST'] ?? 'unix:///var/run/docker.sock'],
    image: values.image,
    act: process.env['ACT'],
    cli,
    words: positionals,
  };
}
