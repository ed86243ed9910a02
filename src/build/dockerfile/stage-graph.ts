/** Which stages of a Dockerfile a build needs. */
import type { Report } from '../../diagnostics/problem.ts';
import type { DockerBuildRequest, StageBase } from './docker-build.ts';
import type { Dockerfile, Instruction, Stage, Word } from './dockerfile.ts';
import { problem } from './problem.ts';
import { readTrigger } from './read-dockerfile.ts';
import { expand } from './shell-words.ts';
import type { Expander, Variables } from './variables.ts';

export interface StageNode {
  readonly stage: Stage;
  readonly base: StageBase;
  /** Triggers of the base, then those of the stage. */
  readonly instructions: readonly Instruction[];
}

export interface StageGraph {
  /** The target and all stages that it needs, in the order of the file. */
  readonly needed: readonly StageNode[];
  /** Images and stages that are copied from or mounted, by instruction. */
  readonly images: readonly string[];
}

/** What the files of an instruction come from. */
type Reference = { readonly kind: 'image'; readonly name: string } | { readonly kind: 'stage'; readonly index: number };

/** Returns the part of the file that a build needs. Reports unknown targets and unavailable stages. */
export function stageGraph(
  dockerfile: Dockerfile,
  request: DockerBuildRequest,
  globals: Variables,
  expander: Expander,
  report: Report,
): StageGraph {
  const { stages } = dockerfile;
  const nodes = nodesOf(stages, request, globals, expander, report);
  const byName = new Map(
    stages.flatMap(({ name, index }) => (name === undefined ? [] : [[name.text, index] as const])),
  );
  const references = nodes.map(({ stage, instructions }) =>
    instructions.flatMap((instruction) => referencesOf(instruction, stage.index, stages.length, byName, report)),
  );
  const target = targetOf(stages, request.target, byName, report);
  if (target === undefined) return { needed: [], images: [] };
  const needed = reachable(target, references, nodes);
  const images = new Set<string>();
  for (const { stage, base } of nodes) {
    const isNeeded = needed.has(stage.index);
    if (isNeeded && base.kind === 'image') images.add(base.name);
    for (const { reference, from } of references[stage.index]!) {
      if (reference.kind === 'image') {
        if (isNeeded) images.add(reference.name);
      } else if (reference.index > stage.index) {
        // Stages in a circle are refused even if they are not needed.
        if (isNeeded || reachable(reference.index, references).has(stage.index))
          report(problem('D015', from.span, { from: from.text, reason: 'later' }, relatedTo(stages[reference.index])));
      }
    }
  }
  return { needed: nodes.filter(({ stage }) => needed.has(stage.index)), images: [...images] };
}

function relatedTo(stage: Stage | undefined): readonly { readonly message: string; readonly at: Word['span'] }[] {
  return stage === undefined ? [] : [{ message: 'the stage', at: stage.span }];
}

function nodesOf(
  stages: readonly Stage[],
  { baseImage }: DockerBuildRequest,
  globals: Variables,
  expander: Expander,
  report: Report,
): readonly StageNode[] {
  // `FROM` sees earlier stages only, and unlike `--from` it does not ignore case.
  const before = new Map<string, number>();
  const nodes: StageNode[] = [];
  for (const stage of stages) {
    const name = expander.expand(stage.base, globals);
    if (name === '') {
      const unset = expander.unset(stage.base, globals);
      report(problem('D018', stage.base.span, { base: stage.base.text, unset }));
    }
    const lowerCase = name.toLowerCase();
    const isImage = name !== '' && name !== 'scratch' && !before.has(name);
    const isValid = !isImage || isImageName(name);
    const meant = !isValid && before.has(lowerCase) ? lowerCase : undefined;
    if (!isValid) report(problem('D023', stage.base.span, { name, stage: meant }));
    const index = before.get(meant ?? name);
    const base: StageBase =
      index !== undefined
        ? { kind: 'stage', index }
        : name === 'scratch' || name === ''
          ? { kind: 'scratch' }
          : { kind: 'image', name };
    const triggers = triggersOf(base, nodes, baseImage, report);
    nodes.push({ stage, base, instructions: [...triggers, ...stage.instructions] });
    if (stage.name !== undefined) before.set(stage.name.text, stage.index);
  }
  return nodes;
}

/** The grammar of image names, after a registry that is added to a short name. */
const imageName =
  /^(?:(?:localhost|[a-zA-Z0-9-]+(?:\.[a-zA-Z0-9-]+)*(?::\d+)?|\[[0-9a-fA-F:]+\](?::\d+)?)\/)?[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*(?:\/[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*)*(?::\w[\w.-]{0,127})?(?:@[a-zA-Z][a-zA-Z0-9]*(?:[-_+.][a-zA-Z][a-zA-Z0-9]*)*:[0-9a-fA-F]{32,})?$/;

function isImageName(name: string): boolean {
  // Only a digest is as long as 64 digits without a path.
  return imageName.test(name) && !/^[0-9a-f]{64}$/.test(name);
}

function triggersOf(
  base: StageBase,
  nodes: readonly StageNode[],
  baseImage: DockerBuildRequest['baseImage'],
  report: Report,
): readonly Instruction[] {
  switch (base.kind) {
    case 'scratch':
      return [];
    case 'stage':
      return nodes[base.index]!.instructions.flatMap((instruction) =>
        instruction.kind === 'onbuild' ? [instruction.trigger] : [],
      );
    case 'image':
      return (baseImage?.(base.name)?.onbuild ?? []).flatMap((text) => {
        const { instruction, diagnostics } = readTrigger(base.name, text);
        for (const diagnostic of diagnostics) report(diagnostic);
        return instruction === undefined ? [] : [instruction];
      });
  }
}

function targetOf(
  stages: readonly Stage[],
  target: string | undefined,
  byName: ReadonlyMap<string, number>,
  report: Report,
): number | undefined {
  if (target === undefined || target === '') return stages.at(-1)?.index;
  const index = byName.get(target.toLowerCase());
  if (index === undefined) report(problem('D019', undefined, { target, known: [...byName.keys()] }));
  return index;
}

function referencesOf(
  instruction: Instruction,
  own: number,
  count: number,
  byName: ReadonlyMap<string, number>,
  report: Report,
): readonly { readonly reference: Reference; readonly from: Word }[] {
  const froms: readonly (readonly [from: Word, numbers: boolean])[] =
    instruction.kind === 'copy' && instruction.from !== undefined
      ? [[instruction.from, true]]
      : instruction.kind === 'run'
        ? instruction.mounts.flatMap(({ span, options }) => {
            const text = options.findLast(({ key }) => key === 'from')?.value ?? '';
            // A mount takes no number of a stage: `from=0` is an image.
            return text === '' ? [] : [[{ text, span }, false] as const];
          })
        : [];
  return froms.flatMap(([from, numbers]) => {
    const reference = referenceOf(from, numbers, own, count, byName, report);
    return reference === undefined ? [] : [{ reference, from }];
  });
}

function referenceOf(
  from: Word,
  numbers: boolean,
  own: number,
  count: number,
  byName: ReadonlyMap<string, number>,
  report: Report,
): Reference | undefined {
  const { text, span } = from;
  if (numbers && changesText(text)) {
    report(problem('D016', span, { from: text }));
    return undefined;
  }
  const number = numbers && /^[+-]?\d+$/.test(text) ? Number(text) : undefined;
  const index = number ?? byName.get(text.toLowerCase());
  if (index === undefined) {
    if (text === 'scratch') return undefined;
    if (!isImageName(text)) report(problem('D023', span, { name: text, stage: undefined }));
    return { kind: 'image', name: text };
  }
  if (index >= 0 && index < count && index !== own) return { kind: 'stage', index };
  report(problem('D015', span, { from: text, reason: index === own ? 'itself' : 'number' }));
  return undefined;
}

function changesText(text: string): boolean {
  const expanded = expand(text, { escape: '\\', valueOf: () => undefined });
  return 'mistake' in expanded || expanded.text !== text;
}

/** @param nodes with these, also the stages that others start from */
function reachable(
  target: number,
  references: readonly (readonly { readonly reference: Reference }[])[],
  nodes: readonly StageNode[] = [],
): ReadonlySet<number> {
  const found = new Set([target]);
  // A set also visits what is added while it is read.
  for (const index of found) {
    const base = nodes[index]?.base;
    if (base?.kind === 'stage') found.add(base.index);
    for (const { reference } of references[index]!) if (reference.kind === 'stage') found.add(reference.index);
  }
  return found;
}
