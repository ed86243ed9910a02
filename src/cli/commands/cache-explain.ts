import type { Command } from 'commander';
import { renderDiagnostics } from '../../diagnostics/render.ts';
import type { BuildExplanation } from '../../model/cached-image.ts';
import type { Diagnostic } from '../../model/diagnostic.ts';
import { visible } from '../../util/visible.ts';
import { buildRun, type BuildFlags } from '../build-flags.ts';
import { exitCodes } from '../host.ts';
import type { Invocation } from '../invocation.ts';
import { skaffoldRequest } from '../skaffold-flags.ts';
import { stopOnSignal } from '../stop-on-signal.ts';
import { frameStyle } from '../text/frame-style.ts';
import { padText, textWidth } from '../text/text-width.ts';

/** `slipway cache explain`. */
export async function explain(
  invocation: Invocation,
  command: Command,
  path: string | undefined,
  flags: BuildFlags,
): Promise<number> {
  const services = await invocation.services();
  const read = await skaffoldRequest(invocation, services.configurations, command, path, flags, 'build');
  const { request, diagnostics, variable } = read;
  if (!request) return await end(invocation, [], diagnostics, exitCodes.usage);
  using stop = stopOnSignal(invocation.host);
  const run = buildRun(invocation, command, flags, { request, variable });
  const explained = await services.explainBuild(run, stop.signal);
  const all = [...diagnostics, ...explained.diagnostics];
  switch (explained.status) {
    case 'explained':
      return await end(invocation, explained.artifacts, all, exitCodes.succeeded);
    case 'refused':
      return await end(invocation, [], all, exitCodes.usage);
    case 'unavailable':
      await invocation.tell(explained.detail);
      return await end(invocation, [], all, exitCodes.unavailable);
  }
}

async function end(
  invocation: Invocation,
  artifacts: readonly BuildExplanation[],
  diagnostics: readonly Diagnostic[],
  code: number,
): Promise<number> {
  if (invocation.json) {
    await invocation.printJson({ artifacts, diagnostics });
    return code;
  }
  const { stderr } = invocation.host;
  if (diagnostics.length > 0)
    await stderr.write(renderDiagnostics(diagnostics, frameStyle(invocation.look(stderr), invocation.columns)));
  await invocation.print(lines(artifacts));
  return code;
}

function lines(artifacts: readonly BuildExplanation[]): readonly string[] {
  const width = Math.max(0, ...artifacts.map(({ image }) => textWidth(visible(image))));
  return artifacts.flatMap(({ image, reference, cached, reasons }) => [
    `${padText(visible(image), width)}  ${cached ? 'cached' : 'would be built'}  ${visible(reference)}`,
    ...reasons.map((reason) => `  ${visible(reason)}`),
  ]);
}
