import { captureCommand } from '../../commands/capture-command.ts';
import type { StepCommand } from '../../commands/run-command.ts';
import type { Outcome } from '../../model/outcome.ts';
import type { Work } from '../../model/work.ts';
import type { Renderer } from '../deployer.ts';
import { printedManifests, renderFailed } from './source-failure.ts';

export interface KustomizeOptions {
  /** The folder or URL of a kustomization, relative to `folder`. */
  readonly path: string;
  /** One or several arguments each, separated by spaces, as in Skaffold. */
  readonly buildArgs: readonly string[];
  /** The folder of the configuration. The program runs there. */
  readonly folder: string;
  readonly env: StepCommand['env'];
}

/** Renders a kustomization by `kustomize`, or by `kubectl kustomize` where that is not installed. */
export function kustomizeRenderer({ path, buildArgs, folder, env }: KustomizeOptions): Renderer {
  const source = `kustomize build ${path}`;
  const args = [...buildArgs.flatMap((each) => each.split(/\s+/).filter((arg) => arg !== '')), path];
  return {
    source,
    async render(work) {
      const text = await firstInstalled(
        [
          { argv: ['kustomize', 'build', ...args], cwd: folder, env },
          { argv: ['kubectl', 'kustomize', ...args], cwd: folder, env },
        ],
        work,
      );
      if (text.status === 'succeeded') return printedManifests(text.value, source);
      if (text.status !== 'failed') return text;
      const { failure } = text;
      if (failure.code === 'start-failed') return renderFailed(source, [failure.detail, missing]);
      // Its message is output of the step.
      if (failure.code === 'exit-nonzero') return renderFailed(source, [`it exited with code ${failure.exitCode}`]);
      return failure.code === 'unsupported' ? renderFailed(source, [failure.detail]) : text;
    },
  };
}

const missing =
  'to install kustomize: https://kubectl.docs.kubernetes.io/installation/kustomize/; kubectl works as well';

/** Returns what the first command that starts prints. If none does, the failure is that of the first. */
async function firstInstalled(commands: readonly StepCommand[], work: Work): Promise<Outcome<string>> {
  const [command, ...others] = commands;
  const printed = await captureCommand(command!, work);
  const isMissing = printed.status === 'failed' && printed.failure.code === 'start-failed';
  if (!isMissing || others.length === 0) return printed;
  const other = await firstInstalled(others, work);
  return other.status === 'failed' && other.failure.code === 'start-failed' ? printed : other;
}
