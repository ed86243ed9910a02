import { quoted } from '../../../util/visible.ts';
import { FunctionFailed } from '../function-stop.ts';
import { takes, text, type FunctionTable } from '../template-function.ts';
import type { VersionValue } from '../values.ts';
import { meetsConstraint, parseVersion } from '../version-constraint.ts';

function versionOf(value: string): VersionValue {
  const version = parseVersion(value);
  if (version === undefined) throw new FunctionFailed(`${quoted(value)} is not a semantic version`);
  return version;
}

/** Functions of semantic versions. */
export const versionFunctions: FunctionTable = {
  semver: takes([text], versionOf),
  semverCompare: takes([text, text], (constraint, value) => {
    const meets = meetsConstraint(constraint, versionOf(value));
    if (meets === undefined) throw new FunctionFailed(`${quoted(constraint)} is not a constraint of versions`);
    return meets;
  }),
};
