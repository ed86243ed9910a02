import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { basename } from 'node:path';
import { renderDiagnostics } from '../../diagnostics/render.ts';
import { reasonOf } from '../../util/file-error.ts';
import { visible } from '../../util/visible.ts';
import { exitCodes } from '../host.ts';
import type { Invocation } from '../invocation.ts';
import { pipelineRequest, type PipelineFlags } from '../pipeline-flags.ts';
import type { LeftBecause } from '../../model/variable-scope.ts';
import { frameStyle } from '../text/frame-style.ts';
import { allChecked, UsageError } from '../usage-error.ts';

interface Operands {
  readonly path: string | undefined;
  readonly file: string | undefined;
}

const pipelineFile = '.wharf-ci.yml';
const readAtOnce = 256 * 2 ** 10;

/** `vars substitute`: copies bytes to stdout and substitutes variables. */
export async function substitute(invocation: Invocation, written: Operands, flags: PipelineFlags): Promise<number> {
  const { path, file } = await meant(invocation, written);
  const [request, opened] = await allChecked([
    pipelineRequest(invocation, path, flags),
    file === undefined || file === '-' ? Promise.resolve(undefined) : openFile(invocation.path(file), file),
  ]);
  const source = opened ?? invocation.host.stdin.bytes();
  const { value, diagnostics } = await (await invocation.services()).variables(request);
  const { stderr, stdout } = invocation.host;
  if (diagnostics.length > 0)
    await stderr.write(renderDiagnostics(diagnostics, frameStyle(invocation.look(stderr), invocation.columns)));
  if (value === undefined) return exitCodes.usage;
  const left = new Map<string, LeftBecause>();
  for await (const bytes of value.substitute(source, (name, because) => left.set(name, because))) {
    await stdout.write(bytes);
    // The reader of the pipe (`| head`) has closed it, and that is a success.
    if (stdout.closed) return exitCodes.succeeded;
  }
  if (left.size > 0)
    await invocation.tell(...[...left].map(([name, because]) => `\${${visible(name)}} ${reasons[because]}`));
  return exitCodes.succeeded;
}

const reasons: Readonly<Record<LeftBecause, string>> = {
  undefined: 'is left as it is: it is undefined',
  secret: 'is left as it is: secrets are not printed',
  unfit: 'is left as it is: circular reference or too large',
};

/** Resolves `[path] [file]`, as upstream does. A single file that is not a pipeline is the file. */
async function meant(invocation: Invocation, { path, file }: Operands): Promise<Operands> {
  if (path === undefined || file !== undefined) return { path, file };
  if (path === '-') return { path: undefined, file: path };
  const found = await stat(invocation.path(path)).catch(() => undefined);
  return found?.isDirectory() !== true && basename(path) !== pipelineFile
    ? { path: undefined, file: path }
    : { path, file };
}

async function openFile(path: string, written: string): Promise<AsyncIterable<Uint8Array>> {
  try {
    if ((await stat(path)).isDirectory()) throw new Error('is a folder');
    const stream = createReadStream(path, { highWaterMark: readAtOnce });
    await new Promise<void>((resolve, reject) => stream.once('open', () => resolve()).once('error', reject));
    return stream;
  } catch (error) {
    throw new UsageError(`cannot read ${written}: ${reasonOf(error as Error)}`);
  }
}
