import { randomBytes } from 'node:crypto';
import type { Clock } from '../../model/clock.ts';
import { ownValue } from '../../util/own-value.ts';
import { runProgramSync } from '../../util/run-program.ts';
import type { SkaffoldSurroundings } from '../surroundings.ts';
import type { Surroundings } from '../templates/template-function.ts';

/** How long a program of the template function `cmd` may run. */
const longestProgramMs = 60_000;

/** Returns what functions of templates read besides their values. */
export function templateSurroundings(env: SkaffoldSurroundings['env'], clock: Clock): Surroundings {
  return {
    environment: (name) => ownValue(env, name),
    now: clock.now(),
    // Slow at its first use, and most configurations need no zone.
    get zone() {
      return Intl.DateTimeFormat().resolvedOptions().timeZone;
    },
    randomBytes: (count) => randomBytes(count),
    run: (program, args) => {
      try {
        const { code, stdout, stderr } = runProgramSync({ argv: [program, ...args], env, timeoutMs: longestProgramMs });
        if (code === 0) return { output: stdout.toString() };
        return { failure: code === undefined ? 'it was killed' : `exit code ${code}: ${stderr.toString().trim()}` };
      } catch (error) {
        return { failure: error instanceof Error ? error.message : String(error) };
      }
    },
  };
}
