import { failed, succeeded, type Outcome } from '../../model/outcome.ts';
import type { HelmStepSpec } from '../specs/specs.ts';
import type { Argument } from '../../runtime/runtime.ts';
import type { StepFile, WorkloadKindContext } from '../../steps/workload/step-workload.ts';

const fileName = 'registry.json';
/** The key of the operator's secret. Upstream used the same name (docs/design/wharf.md, "Step types"). */
const secretKey = 'config.json';

export interface ChartLogin {
  readonly files: readonly StepFile[];
  readonly env: Readonly<Record<string, Argument>>;
}

/**
 * Returns the registry credentials for Helm: the secret that the step names, else `${HELM_REG_SECRET}` if it is mapped.
 */
export function chartLogin(
  { secret, defaultSecret }: Pick<HelmStepSpec, 'secret' | 'defaultSecret'>,
  { provisions, onHost }: WorkloadKindContext,
): Outcome<ChartLogin> {
  // In an image, Helm's default folder may be missing or not writable. On the host, Helm uses the user's own folder.
  const env: Record<string, Argument> = onHost ? {} : { HELM_CACHE_HOME: { volume: 'script', path: 'helm' } };
  const name = secret ?? defaultSecret;
  const text = name === '' ? undefined : provisions.secret(name)?.get(secretKey);
  if (text !== undefined)
    return succeeded({
      files: [{ name: fileName, text }],
      env: { ...env, HELM_REGISTRY_CONFIG: { volume: 'script', path: fileName } },
    });
  if (secret !== undefined && secret !== '')
    return failed({
      code: 'unsupported',
      detail: `the operator's file has no secret ${secret} with the key ${secretKey}`,
    });
  return succeeded({ files: [], env });
}
