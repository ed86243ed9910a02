import { posix } from 'node:path';
import type { InitMistake, InitQuestion } from '../../engine/project-initializer.ts';
import { oneOf, quoted } from '../../util/visible.ts';

export interface PlannedKustomizations {
  /** The one that is used without a profile. */
  readonly standard?: string;
  /** The others, by the name of their profile. */
  readonly profiles: readonly { readonly name: string; readonly path: string }[];
  readonly question?: Extract<InitQuestion, { kind: 'kustomization' }>;
  readonly mistake?: InitMistake;
}

/** Overlays for work on one's own machine. */
const usual = ['dev', 'develop', 'development', 'local'];

/** Chooses the kustomization of the configuration. Each other one gets a profile, as in Skaffold. */
export function planKustomizations(roots: readonly string[], chosen: string | undefined): PlannedKustomizations {
  const wanted = chosen === undefined ? undefined : posix.normalize(chosen).replace(/\/$/, '');
  if (wanted !== undefined && !roots.includes(wanted)) {
    const known = roots.length === 0 ? 'the project has none' : `write ${oneOf(roots)}`;
    return {
      profiles: [],
      mistake: { message: `--default-kustomization ${quoted(chosen ?? '')} does not exist`, help: known },
    };
  }
  const likely = roots.filter((path) => usual.includes(posix.basename(path).toLowerCase()));
  const standard = wanted ?? (roots.length === 1 ? roots[0] : likely.length === 1 ? likely[0] : undefined);
  if (standard === undefined)
    return { profiles: [], ...(roots.length > 0 && { question: { kind: 'kustomization', candidates: roots } }) };
  const taken = new Set<string>();
  const profiles = roots.filter((path) => path !== standard).map((path) => ({ name: profileName(path, taken), path }));
  return { standard, profiles };
}

function profileName(path: string, taken: Set<string>): string {
  const parts = path.split('/');
  const names = parts.map((_, i) => parts.slice(parts.length - 1 - i).join('-'));
  const name = names.find((one) => !taken.has(one)) ?? path;
  taken.add(name);
  return name;
}
