import { lstat, rm, stat } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';
import { Option, type Command } from 'commander';
import type {
  GivenArtifact,
  InitAnswers,
  InitProposal,
  InitRequest,
  ProjectBuilder,
  ProjectFindings,
  ProjectInitializer,
} from '../../engine/project-initializer.ts';
import { Cancelled } from '../../model/outcome.ts';
import { createFile } from '../../util/create-file.ts';
import { FileError, isSystemError, reasonOf } from '../../util/file-error.ts';
import { replaceFile } from '../../util/replace-file.ts';
import { quoted, visible } from '../../util/visible.ts';
import { askForChoice } from '../ask-for-choice.ts';
import { parseBoolean } from '../boolean-flag-values.ts';
import { collectArtifacts } from '../given-artifact.ts';
import { exitCodes } from '../host.ts';
import {
  analysisOf,
  answeringFlags,
  describeBuilder,
  describeQuestion,
  initJson,
  initReport,
  isOpen,
} from '../init-report.ts';
import type { Invocation } from '../invocation.ts';
import { refuse } from '../refuse.ts';
import { collect, notEmpty, parsePath } from '../run-flags.ts';
import { stopOnSignal } from '../stop-on-signal.ts';
import { quoteForShell } from '../text/quote-for-shell.ts';
import { throwMistakes, UsageError } from '../usage-error.ts';

interface InitFlags {
  readonly filename?: string;
  readonly artifact?: readonly GivenArtifact[];
  readonly kubernetesManifest?: readonly string[];
  readonly defaultKustomization?: string;
  readonly composeFile?: string;
  readonly skipBuild?: boolean;
  readonly generateManifests?: boolean;
  readonly analyze?: boolean;
  readonly force?: boolean;
  readonly jib?: boolean;
  readonly ko?: boolean;
  readonly buildpacks?: boolean;
  readonly buildpacksBuilder: string;
  readonly dryRun?: boolean;
}

/** The builder that Skaffold's own `init` writes. */
const standardBuilder = 'gcr.io/buildpacks/builder:v1';

export function define(command: Command, invocation: Invocation): void {
  command
    .argument('[path]', 'the folder of the project (default: the current folder)', parsePath)
    .option('-f, --filename <path>', 'the file to write (default: skaffold.yaml in the project)', parsePath)
    .option('-a, --artifact <artifact>', 'build exactly this: DOCKERFILE=IMAGE or JSON; repeatable', collectArtifacts)
    .option('-k, --kubernetes-manifest <path>', 'deploy exactly this: a file or pattern; repeatable', collect)
    .option(
      '--default-kustomization <folder>',
      'the kustomization without a profile',
      notEmpty('--default-kustomization'),
    )
    .option('--compose-file <file>', 'build the services of a Compose file', parsePath)
    .option('--generate-manifests', 'write a Deployment for each image that no manifest runs')
    .option('--skip-build', 'write no artifacts')
    .option('--no-jib', 'leave out projects with the Jib plugin')
    .option('--ko', 'build Go programs without a Dockerfile with ko')
    .option('--buildpacks', 'build other projects without a Dockerfile with buildpacks')
    .addOption(
      new Option('--buildpacks-builder <image>', 'the builder of --buildpacks')
        .default(standardBuilder)
        .argParser(notEmpty('--buildpacks-builder')),
    )
    .option('--analyze', 'print the builders and images that were found, as JSON')
    .option('--force', 'replace the file if it exists, and ask nothing')
    .option('-n, --dry-run', 'print the file instead of writing it');
  command.addOption(new Option('--jib').hideHelp());
  for (const name of ['force', 'analyze', 'skip-build', 'generate-manifests'])
    command.addOption(new Option(`--no-${name}`).hideHelp());
  command.action(
    invocation.action(
      async (path: string | undefined, flags: InitFlags) => await init(invocation, command, path, flags),
    ),
  );
}

async function init(
  invocation: Invocation,
  command: Command,
  path: string | undefined,
  flags: InitFlags,
): Promise<number> {
  const services = await invocation.services();
  const { value: env, diagnostics } = await services.configurations.environment(invocation.directory);
  if (!env) return await refuse(invocation, diagnostics);
  const asked = new AskedFor(command, flags, env);
  const { isDry, isForced } = asked;
  const request = await asked.request(invocation, path);
  const { file, folder } = request;
  if (!isForced && !isDry && !asked.isAnalysis) await checkMissing(file);
  checkPlace(invocation, request);
  const { initializer } = services;
  using stop = stopOnSignal(invocation.host);
  const findings = await stopped(initializer.inspect(request, stop.signal), stop.signal);
  if (findings instanceof Cancelled) return exitCodes.cancelled;
  const decided = await decide(invocation, initializer, request, findings, isForced || asked.isAnalysis);
  if (decided instanceof Cancelled) return exitCodes.cancelled;
  if (asked.isAnalysis && findings.mistakes.length === 0) {
    await invocation.printJson(analysisOf(findings, decided));
    return exitCodes.succeeded;
  }
  const isRefused =
    decided.mistakes.length + decided.questions.filter(isOpen).length > 0 ||
    decided.diagnostics.some(({ severity }) => severity === 'error');
  const written = isRefused || isDry ? [] : await writeAll(request, decided);
  if (invocation.json) {
    await invocation.printJson({ file, written: written.length > 0, ...initJson(decided) });
    return isRefused ? exitCodes.usage : exitCodes.succeeded;
  }
  if (isRefused) return await refused(invocation, decided, path);
  const report = initReport(decided, findings);
  if (isDry) {
    await invocation.tell(...report, ...decided.files.map((one) => `would write ${visible(one.path)}`));
    await invocation.host.stdout.write(decided.yaml);
    return exitCodes.succeeded;
  }
  const here = (absolute: string) => visible(relative(invocation.directory, absolute));
  await invocation.print([
    ...report,
    ...written.map((one) => `wrote ${here(one)}`),
    '',
    ...nextCommands(invocation, request, folder),
  ]);
  return exitCodes.succeeded;
}

/** What the command line and `SKAFFOLD_…` variables ask for. A flag wins. */
class AskedFor {
  readonly #flags: InitFlags;
  readonly #variable: (name: string) => string | undefined;
  readonly #isOn: (flag: string, option: keyof InitFlags) => boolean;

  constructor(command: Command, flags: InitFlags, env: Readonly<Record<string, string | undefined>>) {
    this.#flags = flags;
    this.#variable = (name) => env[`SKAFFOLD_${name}`] || undefined;
    this.#isOn = (name, option) => {
      if (command.getOptionValueSource(option) === 'cli') return flags[option] === true;
      const text = this.#variable(name);
      return text !== undefined && parseBoolean(text, `SKAFFOLD_${name}`);
    };
  }

  get isForced(): boolean {
    return this.#isOn('FORCE', 'force');
  }

  get isAnalysis(): boolean {
    return this.#isOn('ANALYZE', 'analyze');
  }

  get isDry(): boolean {
    return this.#flags.dryRun === true;
  }

  async request(invocation: Invocation, path: string | undefined): Promise<InitRequest> {
    const flags = this.#flags;
    const folder = invocation.path(path);
    const isFolder = async (of: string) =>
      await stat(of).then(
        (found) => found.isDirectory(),
        () => false,
      );
    if (!(await isFolder(folder)))
      throw new UsageError(`${quoted(path ?? folder)} is not a folder`, ['pass the folder of the project']);
    const filename = flags.filename ?? this.#variable('FILENAME');
    const named = filename === undefined ? folder : invocation.path(filename);
    const kustomization = flags.defaultKustomization ?? this.#variable('DEFAULT_KUSTOMIZATION');
    const composeFile = flags.composeFile ?? this.#variable('COMPOSE_FILE');
    const manifests = this.#variable('KUBERNETES_MANIFEST')
      ?.split(',')
      .filter((one) => one !== '');
    const artifact = this.#variable('ARTIFACT');
    const artifacts = flags.artifact ?? (artifact === undefined ? [] : collectArtifacts(artifact));
    if (artifacts.length > 0 && composeFile !== undefined)
      throw new UsageError('--artifact and --compose-file both say what to build', ['pass one of them']);
    return {
      ...{ folder, artifacts, file: (await isFolder(named)) ? join(named, 'skaffold.yaml') : named },
      manifests: flags.kubernetesManifest ?? manifests ?? [],
      skipBuild: this.#isOn('SKIP_BUILD', 'skipBuild'),
      generateManifests: this.#isOn('GENERATE_MANIFESTS', 'generateManifests'),
      ...{ jib: flags.jib !== false, ko: flags.ko === true },
      ...(kustomization !== undefined && { kustomization }),
      ...(composeFile !== undefined && { composeFile }),
      // A given artifact may need the builder, too.
      ...((flags.buildpacks || artifacts.some(({ builder }) => builder === 'buildpacks')) && {
        buildpacks: flags.buildpacksBuilder,
      }),
    };
  }
}

/** Returns the result, or that a signal came first. */
async function stopped<Value>(work: Promise<Value>, signal: AbortSignal): Promise<Value | Cancelled> {
  try {
    return await work;
  } catch (error) {
    if (signal.aborted) return new Cancelled('user');
    if (!isSystemError(error)) throw error;
    throw new FileError('unreadable', error.message, undefined, { cause: error });
  }
}

/** Never writes over a file that exists. `skaffold.yml` counts as `skaffold.yaml`. */
async function checkMissing(file: string): Promise<void> {
  const others = file.endsWith('skaffold.yaml') ? [file.replace(/\.yaml$/, '.yml')] : [];
  for (const path of [file, ...others]) {
    const found = await lstat(path).catch(() => undefined);
    if (found)
      throw new UsageError(`${quoted(path)} exists`, [
        'to see what it means: slipway diagnose',
        ...(path === file
          ? ['to replace it: --force', 'to print a new one: --dry-run']
          : ['to write another one: -f FILE']),
      ]);
  }
}

/** Paths in the file start at its folder, or with `--filename` at the current folder. Both are the project. */
function checkPlace(invocation: Invocation, { file, folder }: InitRequest): void {
  if (dirname(file) !== folder && invocation.directory !== folder)
    throw new UsageError(`${quoted(file)} is in another folder than the project`, [
      `run the command in the project: slipway -C ${quoteForShell(folder)} init -f FILE`,
    ]);
}

/** Asks at the terminal until nothing is open. Without a terminal the questions stay. */
async function decide(
  invocation: Invocation,
  initializer: ProjectInitializer,
  request: InitRequest,
  findings: ProjectFindings,
  isQuiet: boolean,
): Promise<InitProposal | Cancelled> {
  const { stdin, stderr } = invocation.host;
  const maySpeak = !isQuiet && stdin.isTerminal && stderr.isTerminal && !invocation.json;
  const builders = new Map<string, ProjectBuilder | null>();
  let answers: InitAnswers = { builders };
  for (;;) {
    const proposal = await initializer.propose(request, findings, answers);
    const [question] = proposal.questions;
    if (!question || !maySpeak || proposal.mistakes.length > 0) return proposal;
    if (question.kind === 'builder') {
      const { image, candidates, why } = question;
      const none = { text: 'none: this project does not build it', value: null };
      const choices = [none, ...candidates.map((value) => ({ text: describeBuilder(value), value }))];
      const text = `What builds the image ${quoted(image.name)} of ${visible(image.at)}? (${why})`;
      const chosen = await askForChoice<ProjectBuilder | null>(invocation, text, choices, 0);
      if (chosen instanceof Cancelled) return chosen;
      builders.set(image.name, chosen);
    } else {
      const choices = question.candidates.map((value) => ({ text: visible(value), value }));
      const text = 'Which kustomization is the one without a profile? The others become profiles.';
      const chosen = await askForChoice(invocation, text, choices, 1);
      if (chosen instanceof Cancelled) return chosen;
      answers = { ...answers, kustomization: chosen };
    }
  }
}

/** Reports why nothing was written. */
async function refused(invocation: Invocation, proposal: InitProposal, path: string | undefined): Promise<number> {
  const { mistakes, diagnostics } = proposal;
  const questions = proposal.questions.filter(isOpen);
  if (mistakes.length === 0 && questions.length === 0) return await refuse(invocation, diagnostics);
  const flags = answeringFlags(proposal);
  const where = path === undefined ? '' : ` ${quoteForShell(path)}`;
  const hints = [
    `to answer, run it in a terminal without --force, or pass: ${invocation.slipway} init${where} ${flags}`,
  ];
  throwMistakes([
    ...mistakes.map(({ message, help }) => new UsageError(message, [help])),
    ...(mistakes.length > 0 ? [] : questions).map(
      (question, i) => new UsageError(describeQuestion(question), i === questions.length - 1 ? hints : []),
    ),
  ]);
  return exitCodes.usage;
}

/** Writes manifests first: without the configuration they have no effect. After an error, no new file stays. */
async function writeAll(request: InitRequest, { yaml, files }: InitProposal): Promise<readonly string[]> {
  const written: string[] = [];
  try {
    for (const { path, text } of files) {
      const absolute = join(request.folder, path);
      await write(absolute, async () => await createFile(absolute, text));
      written.push(absolute);
    }
    await write(request.file, async () => {
      const found = await lstat(request.file).catch(() => undefined);
      if (found?.isSymbolicLink())
        throw new FileError('unwritable', `${quoted(request.file)} is a link: remove it first`);
      await (found ? replaceFile(request.file, yaml) : createFile(request.file, yaml));
    });
  } catch (error) {
    for (const path of written) await rm(path, { force: true });
    throw error;
  }
  return [...written, request.file];
}

async function write(path: string, work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (error) {
    if (!isSystemError(error)) throw error;
    throw new FileError('unwritable', `cannot write ${quoted(path)}: ${reasonOf(error)}`, undefined, { cause: error });
  }
}

function nextCommands(invocation: Invocation, { file, skipBuild }: InitRequest, folder: string): readonly string[] {
  const isNamed = !['skaffold.yaml', 'skaffold.yml'].includes(relative(folder, file));
  const isHere = invocation.directory === folder;
  const path = isNamed
    ? ` ${isHere ? '-f ' : ''}${quoteForShell(relative(invocation.directory, file))}`
    : isHere
      ? ''
      : ` ${quoteForShell(relative(invocation.directory, folder))}`;
  return [`next  ${invocation.slipway} ${skipBuild ? 'diagnose' : 'build'}${path}`];
}
