import type { Diagnostic } from '../../model/diagnostic.ts';
import type { DockerBuild, DockerBuildRequest, NeededStage, StageBase } from './docker-build.ts';
import type { Dockerfile } from './dockerfile.ts';
import { evaluateStage, stateOf, type StageState } from './evaluate-stage.ts';
import { stageGraph } from './stage-graph.ts';
import { expanderOf, globalVariables } from './variables.ts';

/** Returns what a build of this Dockerfile reads. Stages that the target does not need are not looked at. */
export function evaluateDockerfile(dockerfile: Dockerfile, request: DockerBuildRequest): DockerBuild {
  const diagnostics: Diagnostic[] = [];
  const report = (diagnostic: Diagnostic) => void diagnostics.push(diagnostic);
  const expander = expanderOf(dockerfile, report);
  const globals = globalVariables(dockerfile, request, expander);
  const { needed, images } = stageGraph(dockerfile, request, globals, expander, report);
  const states = new Map<number, StageState>();
  const begin = (base: StageBase): StageState => {
    // A base stage comes earlier in the file, so its state is known.
    if (base.kind === 'stage') return states.get(base.index)!;
    return stateOf((base.kind === 'image' ? request.baseImage?.(base.name) : undefined) ?? {});
  };
  const stages = needed.map(({ stage, base, instructions }): NeededStage => {
    if (stage.platform !== undefined) expander.expand(stage.platform, globals);
    const { state, ...read } = evaluateStage(instructions, begin(base), request, globals, expander, report);
    states.set(stage.index, state);
    return { stage, base, workdir: state.workdir, user: state.user, ...read };
  });
  return { stages, images, diagnostics };
}
