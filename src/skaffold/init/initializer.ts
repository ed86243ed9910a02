import { basename, relative } from 'node:path';
import { readYamlDocuments } from '../../diagnostics/yaml/read-yaml.ts';
import { SourceText } from '../../diagnostics/source-text.ts';
import { writeYaml } from '../../diagnostics/yaml/write-yaml.ts';
import type {
  InitAnswers,
  InitMistake,
  InitProposal,
  InitRequest,
  LeftOut,
  PlannedArtifact,
  ProjectFindings,
  ProjectInitializer,
} from '../../engine/project-initializer.ts';
import type { SourceFiles } from '../../util/source-files.ts';
import { quoted } from '../../util/visible.ts';
import { skaffoldReader } from '../configuration-reader.ts';
import type { SkaffoldSurroundings } from '../surroundings.ts';
import { generatedManifest } from './generated-manifest.ts';
import { initialConfiguration } from './initial-configuration.ts';
import { inspectProject } from './inspect-project.ts';
import { planArtifacts } from './plan-artifacts.ts';
import { planKustomizations } from './plan-kustomizations.ts';

/** Returns the initializer of `skaffold.yaml`. */
export function skaffoldInitializer(around: SkaffoldSurroundings): ProjectInitializer {
  return {
    inspect: async (request, signal) => await inspectProject(request, signal),
    propose: async (request, findings, answers) => {
      const proposal = makeProposal(request, findings, answers);
      const diagnostics = proposal.mistakes.length > 0 ? [] : await checked(request.file, proposal.yaml, around);
      return { ...proposal, diagnostics };
    },
  };
}

/** Makes the configuration of what was found. */
export function makeProposal(
  request: InitRequest,
  findings: ProjectFindings,
  answers: InitAnswers,
): Omit<InitProposal, 'diagnostics'> {
  const { artifacts, unmatched, questions, leftOut } = planArtifacts(findings, answers.builders);
  const kustomizations = planKustomizations(findings.kustomizations, answers.kustomization ?? request.kustomization);
  const { files, generated, missing } = generatedFor(request, findings, artifacts);
  const mistakes = [
    ...findings.mistakes,
    ...(kustomizations.mistake ? [kustomizations.mistake] : []),
    ...(artifacts.length + questions.length === 0 ? nothingFound(request, findings) : []),
  ];
  const parts = {
    ...{ project: basename(request.folder), artifacts, kustomizations },
    ...{ manifests: [...findings.manifests, ...generated], charts: findings.charts },
  };
  return {
    ...{ artifacts, unmatched, files, mistakes },
    questions: [...questions, ...(kustomizations.question ? [kustomizations.question] : [])],
    leftOut: [...findings.leftOut, ...leftOut, ...missing],
    yaml: yamlOf([initialConfiguration(parts)]),
  };
}

/** Returns the manifests of images that nothing runs yet. */
function generatedFor(request: InitRequest, findings: ProjectFindings, artifacts: readonly PlannedArtifact[]) {
  const taken = new Set([...findings.taken, relative(request.folder, request.file)]);
  const running = new Set(findings.images.map(({ name }) => name));
  const files: { path: string; text: string }[] = [];
  const missing: LeftOut[] = [];
  for (const artifact of artifacts) {
    if (running.has(artifact.image) || !(artifact.builder.manifest ?? request.generateManifests)) continue;
    const { path, objects } = generatedManifest(artifact, (one) => taken.has(one));
    taken.add(path);
    files.push({ path, text: yamlOf(objects) });
    if (artifact.builder.ports.length === 0)
      missing.push({ what: `Service of ${artifact.image}`, why: 'no EXPOSE says which port it listens on' });
  }
  return { files, generated: files.map(({ path }) => path), missing };
}

function nothingFound(request: InitRequest, { manifests, kustomizations, charts, others }: ProjectFindings) {
  const hasDeployment = manifests.length + kustomizations.length + charts.length > 0;
  if (request.skipBuild && hasDeployment) return [];
  const folder = quoted(request.folder);
  const [other] = others;
  const mistake: InitMistake = request.skipBuild
    ? { message: `${folder} has no manifest, kustomization or chart`, help: 'name one with --kubernetes-manifest' }
    : {
        message: `${folder} has nothing that builds an image`,
        help: other
          ? `${quoted(other.path)} can be built without a Dockerfile: ${other.flag}`
          : `add a Dockerfile${hasDeployment ? ', or pass --skip-build' : ''}`,
      };
  return [mistake];
}

function yamlOf(documents: readonly object[]): string {
  const located = documents.flatMap((document) =>
    // YAML is a superset of JSON.
    readYamlDocuments(new SourceText('', JSON.stringify(document)), () => undefined),
  );
  return writeYaml(located.flatMap((one) => (one.kind === 'map' ? [one] : [])));
}

/** Reads the new file as `diagnose` would. Runs nothing, and needs no file on the disk. */
async function checked(file: string, text: string, around: SkaffoldSurroundings) {
  const files: SourceFiles = {
    ...around.files,
    kind: async (path) => (path === file ? 'file' : await around.files.kind(path)),
    read: async (path) => (path === file ? Buffer.from(text) : await around.files.read(path)),
  };
  const { diagnostics } = await skaffoldReader({ ...around, files }).merged({
    ...{ path: file, command: 'diagnose', profiles: [], autoActivation: false, propagateProfiles: true },
    ...{ modules: [], env: around.env, fetch: 'never', strict: true },
  });
  return diagnostics;
}
