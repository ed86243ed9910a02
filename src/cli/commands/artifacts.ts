import type { Command } from 'commander';
import { filesOf, imagesOf, type ImageArtifact } from '../../model/artifact.ts';
import { visible } from '../../util/visible.ts';
import type { StepState } from '../../events/run-state.ts';
import { toFileError } from '../../util/file-error.ts';
import type { Invocation } from '../invocation.ts';
import { findRun, requireStep, stateOf } from '../reference/find-run.ts';
import { stepPath } from '../reporters/run-view.ts';
import { notEmpty, parsePath } from '../run-flags.ts';
import { stopOnSignal } from '../stop-on-signal.ts';
import { formatBytes } from '../../words/bytes.ts';
import { count } from '../../words/quantity.ts';
import { UsageError } from '../usage-error.ts';

export function define(command: Command, invocation: Invocation): void {
  command
    .argument('<run>', 'number, id, id prefix, or latest', notEmpty('RUN'))
    .argument('[step]', 'id, name, or STAGE/NAME', notEmpty('STEP'))
    .option('--to <dir>', 'write the files into this folder; files of later steps overwrite earlier ones', parsePath)
    .action(
      invocation.action(
        async (run: string, step: string | undefined, flags: { to?: string }) =>
          await artifacts(invocation, run, step, flags.to),
      ),
    );
}

async function artifacts(
  invocation: Invocation,
  reference: string,
  step: string | undefined,
  to: string | undefined,
): Promise<number> {
  const directory = to === undefined ? undefined : invocation.path(to);
  const { id, store } = await findRun(invocation, reference);
  await using reader = await store.read(id);
  const state = await stateOf(reader);
  const steps = step === undefined ? [...state.steps.values()] : [requireStep(state, step)];
  const making = steps.filter((one) => one.artifacts.length > 0);
  if (directory === undefined) return await list(invocation, id, making);
  try {
    return await fetchTo(invocation, id, making, directory);
  } catch (error) {
    const refused = toFileError(error);
    if (refused?.code !== 'unwritable') throw error;
    throw new UsageError(refused.message, ['choose another folder with --to']);
  }
}

type Found = Awaited<ReturnType<typeof findRun>>['id'];

async function list(invocation: Invocation, run: Found, steps: readonly StepState[]): Promise<number> {
  const files = await (await invocation.services()).artifacts(run);
  const rows = [];
  for (const step of steps)
    for (const artifact of filesOf(step.artifacts))
      for (const file of await files.list(artifact)) rows.push({ step, file });
  const images = steps.flatMap((step) => imagesOf(step.artifacts).map((image) => ({ step, image })));
  if (invocation.json) {
    await invocation.printJson({
      run,
      files: rows.map(({ step, file }) => ({ ...whose(step), ...file })),
      images: images.map(({ step, image: { name, id, references, pushed } }) => ({
        ...whose(step),
        // `name` is the step's.
        ...(name !== undefined && { image: name }),
        id,
        references,
        pushed,
      })),
    });
    return 0;
  }
  const nameWidth = images.reduce((widest, { image }) => Math.max(widest, nameOf(image).length), 0);
  const shown = rows.filter(({ file }) => file.type !== 'folder');
  const width = [...shown, ...images].reduce((widest, { step }) => Math.max(widest, stepPath(step).length), 0);
  await invocation.print(
    shown.map(({ step, file }) => {
      const size = file.type === 'file' ? formatBytes(file.bytes) : 'link';
      const target = file.type === 'link' ? ` -> ${visible(file.target)}` : '';
      return `${stepPath(step).padEnd(width)}  ${size.padStart(8)}  ${visible(file.path)}${target}`;
    }),
  );
  await invocation.print(
    images.flatMap(({ step, image }) =>
      imageLines(image, nameWidth).map((line) => `${stepPath(step).padEnd(width)}  ${'image'.padStart(8)}  ${line}`),
    ),
  );
  if (shown.length + images.length === 0) await invocation.tell('no artifacts');
  return 0;
}

function whose(step: StepState): { step: string; name: string; stage: string } {
  return { step: step.planned.id, name: step.planned.name, stage: step.stage };
}

/**
 * Returns the name with each reference and its permanent form: the digest in the registry, or the id in the engine.
 * @param nameWidth 0 if no image has a name
 */
function imageLines(image: ImageArtifact, nameWidth: number): string[] {
  const { id, references, pushed } = image;
  const name = nameWidth === 0 ? '' : `${nameOf(image).padEnd(nameWidth)}  `;
  return references.map((reference) => {
    const digest = pushed.find((each) => each.reference === reference)?.digest;
    return `${name}${visible(reference)}  ${digest === undefined ? `${id}  not pushed` : digest}`;
  });
}

function nameOf({ name }: ImageArtifact): string {
  return visible(name ?? '');
}

async function fetchTo(
  invocation: Invocation,
  run: Found,
  steps: readonly StepState[],
  directory: string,
): Promise<number> {
  const files = await (await invocation.services()).artifacts(run);
  using stop = stopOnSignal(invocation.host);
  let written = 0;
  let bytes = 0;
  for (const step of steps) {
    for (const artifact of filesOf(step.artifacts)) {
      if (stop.signal.aborted) return 130;
      await files.writeTo(artifact, directory, stop.signal);
      written += artifact.files;
      bytes += artifact.bytes;
    }
  }
  if (invocation.json) await invocation.printJson({ run, directory, files: written, bytes });
  else if (written === 0) await invocation.tell('no artifact files; nothing was written');
  else await invocation.tell(`wrote ${count(written, 'file')}, ${formatBytes(bytes)}, to ${visible(directory)}`);
  return 0;
}
