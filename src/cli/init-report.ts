/** What `init` prints of a proposal: for people, as JSON, and in the form of Skaffold's `--analyze`. */
import type {
  InitProposal,
  InitQuestion,
  PlannedArtifact,
  ProjectBuilder,
  ProjectFindings,
} from '../engine/project-initializer.ts';
import { quoted, visible } from '../util/visible.ts';
import { artifactFlag, builderName, builderPayload } from './given-artifact.ts';
import { quoteForShell } from './text/quote-for-shell.ts';
import { textWidth } from './text/text-width.ts';

/** Returns the lines that say what goes into the file and why, and what does not. */
export function initReport(proposal: InitProposal, findings: ProjectFindings): readonly string[] {
  const { artifacts, unmatched, leftOut, files } = proposal;
  const generated = files.map(({ path }) => [visible(path), 'a Deployment for an image without manifests']);
  const deployed = [
    ...findings.manifests.map((path) => [visible(path), 'manifests']),
    ...findings.kustomizations.map((path) => [visible(path), 'kustomization']),
    ...findings.charts.map(({ path, name }) => [visible(path), `chart ${visible(name)}`]),
  ];
  const others = [
    ...unmatched.map(({ name, at }) => [visible(name), `the image in ${visible(at)}: no builder was matched`]),
    ...leftOut.map(({ what, why, help }) => [visible(what), visible(help === undefined ? why : `${why}; ${help}`)]),
  ];
  return [
    ...section('builds', artifacts.map(artifactRow)),
    ...section('deploys', deployed),
    ...section('generates', generated),
    ...section('left out', others),
  ];
}

function artifactRow({ image, builder, why, requires = [] }: PlannedArtifact): readonly string[] {
  const { context, contextReason } = builder;
  const reasons = [
    why,
    ...(contextReason === undefined ? [] : [`context ${context}: ${contextReason}`]),
    ...requires.map((one) => `${one.alias} is ${quoted(one.image)}`),
  ];
  return [visible(image), describeBuilder(builder), visible(reasons.join('; '))];
}

/** Returns `docker web/Dockerfile`. */
export function describeBuilder(builder: ProjectBuilder): string {
  const main = builder.type === 'ko' && builder.main !== '.' ? ` ${builder.main}` : '';
  const target = builder.type === 'docker' && builder.target !== undefined ? ` target ${builder.target}` : '';
  return `${builder.type}  ${visible(builder.path)}${visible(main)}${visible(target)}`;
}

function section(title: string, rows: readonly (readonly string[])[]): readonly string[] {
  if (rows.length === 0) return [];
  const shown = rows.slice(0, mostRows);
  const widths = [0, 1].map((column) => Math.min(60, Math.max(...shown.map((row) => textWidth(row[column] ?? '')))));
  const lines = shown.map((row) =>
    row
      .map((cell, i) =>
        i === row.length - 1 ? cell : cell + ' '.repeat(Math.max(0, (widths[i] ?? 0) - textWidth(cell))),
      )
      .join('  '),
  );
  const rest = rows.length > mostRows ? [`  and ${rows.length - mostRows} more; --output json lists all`] : [];
  return [title, ...lines.map((line) => `  ${line}`), ...rest];
}

const mostRows = 100;

/** Returns what `--output json` prints, without what was written. */
export function initJson(proposal: InitProposal) {
  return {
    artifacts: proposal.artifacts.map(({ image, builder, why, requires }) => ({
      ...{ image, ...builderJson(builder), why },
      ...(requires && { requires }),
    })),
    unmatched: proposal.unmatched.map(({ name, at }) => ({ image: name, at })),
    questions: proposal.questions.map((question) =>
      question.kind === 'builder'
        ? { image: question.image.name, why: question.why, candidates: question.candidates.map(builderJson) }
        : { kustomizations: question.candidates },
    ),
    leftOut: proposal.leftOut,
    mistakes: proposal.mistakes,
    diagnostics: proposal.diagnostics,
    yaml: proposal.yaml,
    files: proposal.files,
  };
}

function builderJson(builder: ProjectBuilder) {
  return { builder: builderName(builder), payload: builderPayload(builder), context: builder.context };
}

/** Returns what Skaffold's `init --analyze` prints. */
export function analysisOf({ builders, images }: ProjectFindings, { artifacts }: InitProposal) {
  const matched = new Set(artifacts.map(({ image }) => image));
  const inPairs = artifacts.map(({ builder }) => builder);
  const others = builders.filter((builder) => !inPairs.includes(builder));
  return {
    builders: [...inPairs, ...others].map((one) => ({ name: builderName(one), payload: builderPayload(one) })),
    images: images.map(({ name }) => ({ name, foundMatch: matched.has(name) })),
  };
}

/** Reports whether nothing can be written without an answer. */
export function isOpen(question: InitQuestion): boolean {
  return question.kind === 'kustomization' || !question.isOptional;
}

/** Describes a question that nobody can answer. */
export function describeQuestion(question: InitQuestion): string {
  if (question.kind === 'kustomization')
    return `several kustomizations: ${question.candidates.slice(0, 20).map(quoted).join(', ')}`;
  const { image, candidates, why } = question;
  const shown = candidates.slice(0, 10).map(({ path }) => quoted(path));
  return `${visible(image.at)}: no certain builder for ${quoted(image.name)}: ${why} (${shown.join(', ')})`;
}

/** Returns the flags that answer all questions, with the first candidate of each that is left. To be pasted into a shell. */
export function answeringFlags({ artifacts, questions: all }: InitProposal): string {
  const questions = all.filter(isOpen);
  // A builder makes one image.
  const used = new Set(artifacts.map(({ builder }) => builder));
  const guessed = questions.flatMap((question) => {
    const builder = question.kind === 'builder' ? question.candidates.find((one) => !used.has(one)) : undefined;
    if (question.kind !== 'builder' || !builder) return [];
    used.add(builder);
    return [{ image: question.image.name, builder }];
  });
  const kustomization = questions.find((question) => question.kind === 'kustomization')?.candidates[0];
  const pairs = guessed.length === 0 ? [] : [...artifacts, ...guessed];
  return [
    ...pairs.map(({ image, builder }) => `--artifact ${quoteForShell(artifactFlag(image, builder))}`),
    ...(kustomization === undefined ? [] : [`--default-kustomization ${quoteForShell(kustomization)}`]),
  ].join(' ');
}
