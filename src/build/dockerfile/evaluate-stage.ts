import { posix } from 'node:path';
import type { Report } from '../../diagnostics/problem.ts';
import { checkMount, mountKeys } from './check-mount.ts';
import type { BaseImage, ContextCopy, ContextMount, ContextSource, DockerBuildRequest } from './docker-build.ts';
import type { CopyInstruction, Instruction, RunInstruction, Word } from './dockerfile.ts';
import { problem } from './problem.ts';
import { declareArgs, type Expander, type Variables } from './variables.ts';

/** The state of a stage after its last instruction. A stage that starts from it begins with this state. */
export interface StageState {
  readonly variables: Variables;
  readonly workdir: string;
  readonly user: string | undefined;
}

export interface EvaluatedStage {
  readonly state: StageState;
  readonly folders: readonly string[];
  readonly copies: readonly ContextCopy[];
  readonly mounts: readonly ContextMount[];
}

/** Builders set this if the base image does not. */
const defaultPath = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';

export function stateOf({ env, workdir = '', user }: BaseImage): StageState {
  return {
    variables: new Map([['PATH', defaultPath], ...(env ?? [])]),
    workdir: absolute('/', workdir),
    user: user === '' ? undefined : user,
  };
}

/** Follows the instructions of a stage in order. */
export function evaluateStage(
  instructions: readonly Instruction[],
  base: StageState,
  { args }: Pick<DockerBuildRequest, 'args'>,
  globals: Variables,
  expander: Expander,
  report: Report,
): EvaluatedStage {
  const variables = new Map(base.variables);
  const value = (word: Word) => expander.expand(word, variables);
  const copies: ContextCopy[] = [];
  const mounts: ContextMount[] = [];
  let { workdir, user } = base;
  const folders = [workdir];
  for (const instruction of instructions) {
    switch (instruction.kind) {
      case 'arg':
        declareArgs(instruction, variables, args, globals, expander);
        break;
      case 'env': {
        // All values are expanded before the first one is set.
        const pairs = instruction.pairs.map((pair) => [value(pair.name), value(pair.value)] as const);
        for (const [name, text] of pairs) variables.set(name, text);
        break;
      }
      case 'workdir':
        workdir = absolute(workdir, value(instruction.path));
        folders.push(workdir);
        break;
      case 'user':
        user = value(instruction.user);
        break;
      case 'copy': {
        const copy = contextCopy(instruction, workdir, value, report);
        if (copy !== undefined) copies.push(copy);
        break;
      }
      case 'run':
        mounts.push(...contextMounts(instruction, value, report));
        break;
      case 'onbuild':
      case 'other':
    }
  }
  return { state: { variables, workdir, user }, folders, copies, mounts };
}

/** Joins and normalizes a path. Parts above the root are dropped, and a slash at the end too. */
function absolute(folder: string, path: string): string {
  const joined = path.startsWith('/') ? posix.normalize(path) : posix.join('/', folder, path);
  return joined.length > 1 && joined.endsWith('/') ? joined.slice(0, -1) : joined;
}

/** Relative to the context. A path above the context starts at the context, as BuildKit has it. */
function inContext(path: string): string {
  return absolute('/', `/${path}`).slice(1);
}

/** Symbolic modes such as `u=rwX,go-w`. */
const symbolicMode = /^[ugoa]*([-+=]([rwxXst]*|[ugo]))+(,[ugoa]*([-+=]([rwxXst]*|[ugo]))+)*$/;

function contextCopy(
  instruction: CopyInstruction,
  workdir: string,
  value: (word: Word) => string,
  report: Report,
): ContextCopy | undefined {
  const { keyword, span, chown, chmod } = instruction;
  const mode = chmod && value(chmod);
  if (chmod !== undefined && mode !== undefined && !/^0*[0-7]{1,4}$/.test(mode) && !symbolicMode.test(mode))
    report(problem('D004', chmod.span, { flag: '--chmod', reason: 'value', value: mode }));
  const owner = chown && value(chown);
  const destination = destinationOf(workdir, value(instruction.destination));
  const sources = instruction.sources.flatMap((word): readonly ContextSource[] => {
    const path = value(word);
    if (instruction.from !== undefined) return [];
    if (!isRemote(path)) return [sourceOf(path, instruction.parents, word)];
    if (keyword === 'COPY') report(problem('D020', word.span, { source: path }));
    return [];
  });
  if (sources.length === 0) return undefined;
  return {
    span,
    sources,
    destination,
    excludes: instruction.excludes.map(({ text }) => text),
    extracts: instruction.unpack ?? keyword === 'ADD',
    chown: owner,
    chmod: mode,
    link: instruction.link,
  };
}

function destinationOf(workdir: string, path: string): string {
  const isFolder = path === '' || path === '.' || path.endsWith('/') || path.endsWith('/.');
  const joined = absolute(workdir, path);
  return isFolder && joined !== '/' ? `${joined}/` : joined;
}

/** With `--parents`, `/./` separates the source from the part that is kept. */
function sourceOf(path: string, parents: boolean, { span }: Word): ContextSource {
  if (!parents) return { path: inContext(path), parents: undefined, span };
  const at = path.indexOf('/./');
  return at < 0
    ? { path: '', parents: inContext(path), span }
    : { path: inContext(path.slice(0, at)), parents: inContext(path.slice(at + 3)), span };
}

/** URLs, and Git repositories in the form of `scp`. */
function isRemote(path: string): boolean {
  return /^(?:https?|git|ssh):\/\//i.test(path) || /^[\w-]+@[a-zA-Z0-9.-]+:/.test(path);
}

function contextMounts(
  { mounts }: RunInstruction,
  value: (word: Word) => string,
  report: Report,
): readonly ContextMount[] {
  return mounts.flatMap(({ span, options }) => {
    const expanded = options.map((option) =>
      option.value === undefined ? option : { key: option.key, value: value({ text: option.value, span }) },
    );
    const { mount, invalid } = checkMount(expanded);
    for (const { key, value: text } of invalid) {
      const option = text === undefined || !mountKeys.includes(key) ? key : `${key}=${text}`;
      report(problem('D017', span, { option, known: mountKeys.includes(key) ? [] : mountKeys }));
    }
    return mount.type === 'bind' && mount.from === '' ? [{ span, path: inContext(mount.source) }] : [];
  });
}
