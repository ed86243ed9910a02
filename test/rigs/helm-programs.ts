import { execFileSync } from 'node:child_process';

/** A `helm` of this machine, or why there is none. */
export type TestHelm =
  { readonly major: 3 | 4; readonly program: string } | { readonly major: 3 | 4; readonly skip: string };

/** Finds Helm 3 and 4: the programs that `SLIPWAY_TEST_HELM3` and `SLIPWAY_TEST_HELM4` name, or else the `helm` on the `PATH`. */
export function testHelms(): readonly TestHelm[] {
  return ([3, 4] as const).map((major) => {
    const named = process.env[`SLIPWAY_TEST_HELM${major}`];
    const program = named === undefined || named === '' ? 'helm' : named;
    return majorOf(program) === major
      ? { major, program }
      : { major, skip: `SLIPWAY_TEST_HELM${major} does not name Helm ${major}, and it is not the helm on the PATH` };
  });
}

function majorOf(program: string): number | undefined {
  try {
    return Number(/v(\d+)\./.exec(execFileSync(program, ['version', '--short'], { stdio: 'pipe' }).toString())?.[1]);
  } catch {
    return undefined;
  }
}
