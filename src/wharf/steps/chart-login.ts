import { failed, succeeded, type Outcome } from '../../model/outcome.ts';
import type { HelmStepSpec } from '../specs/specs.ts';
import type { Argument } from '../../runtime/runtime.ts';
import type { StepFile, WorkloadKindContext } from '../../steps/workload/step-workload.ts';

const fileName = 'registry.json';
/** The key of the operator's secret, named as upstream had it (docs/design/wharf.md, "Step types"). */
const secretKey = 'config.json';

export interface ChartLogin {
  readonly files: readonly StepFile[];
  readonly env: Readonly<Record<string, Argument>>;
}

/**
 * What Helm logs in to registries with: the secret that the step names, else `${HELM_REG_SECRET}` if that is mapped.
 */
export function chartLogin(
  { secret, defaultSecret }: Pick<HelmStepSpec, 'secret' | 'defaultSecret'>,
  { provisions, onHost }: WorkloadKindContext,
): Outcome<ChartLogin> {
  // In an image the folder that Helm would take may not be there, nor be this user's; on the host it is the user's own.
  const env: Record<string, Argument> = onHost ? {} : { HELM_CACHE_HOME: { volume: 'script', path: 'helm' } };
  const name = secret ?? defaultSecret;
  const text = name === '' ? undefined : provisions.secret(name)?.get(secretKey);
  if (text !== undefined)
    return succeeded({
      files: [{ name: fileName, text }],
      env: { ...env, HELM_REGISTRY_CONFIG: { volume: 'script', path: fileName } },
    });
  if (secret !== undefined && secret !== '')
    return failed({ code: 'unsupported', detail: `the secret ${secret} is not there, or has no key ${secretKey}` });
  return succeeded({ files: [], env });
}
