import type { FrontEnd, PipelineRequest } from '../engine/front-end.ts';
import type { Checked } from '../model/diagnostic.ts';
import { onlyCluster } from '../model/cluster-word.ts';
import type { OperatorFile } from '../operator/file/operator-file.ts';
import { pipelineFile } from './plan/locate-pipeline.ts';
import type { LoadRequest } from './plan/load-pipeline.ts';
import { sourceFiles } from '../util/source-files.ts';
import { planLanguage } from './steps/plan-language.ts';
import { wharfKinds } from './steps/wharf-kinds.ts';
import { checkSizes } from './plan/check-sizes.ts';
import { filledIn, valuesOf } from './vars/filled-in.ts';
import type { UserFolders } from './vars/variable-file-places.ts';

/** What `.wharf-ci.yml` depends on outside of its folder. */
export interface WharfSurroundings extends UserFolders {
  /** Reads the operator's file. */
  operator(): Promise<Checked<OperatorFile>>;
}

/** The front end of `.wharf-ci.yml`. Each part is loaded at its first use. */
export function wharfFrontEnd(around: WharfSurroundings): FrontEnd {
  return {
    file: pipelineFile,
    kinds: wharfKinds,
    language: planLanguage,
    codes: async () => (await import('./problem.ts')).wharfCodes,
    async load(request) {
      const [{ loadPipeline }, { filledPlan }] = await Promise.all([
        import('./plan/load-pipeline.ts'),
        import('./plan/filled-plan.ts'),
      ]);
      const { value, diagnostics, given, passwords, ...known } = await loadPipeline({
        ...loadRequest(request, around),
        // A plan that does not run here may use names that only another operator maps.
        ...(request.purpose !== 'validate' && { operator: async () => await around.operator() }),
        ...(request.kubeContext !== undefined && { kubeContext: request.kubeContext }),
        ...(request.on !== undefined && { onCluster: onlyCluster(request.on) !== undefined }),
        ...(request.purpose !== undefined && { purpose: request.purpose }),
        ...(request.accepted && { accepted: request.accepted }),
      });
      return {
        diagnostics,
        given,
        passwords,
        ...(value !== undefined && { value: { ...known, ...value, filled: () => filledPlan(value) } }),
      };
    },
    async variables(request) {
      const [{ loadVariables }, { variableScope }] = await Promise.all([
        import('./plan/load-pipeline.ts'),
        import('./vars/variable-scope.ts'),
      ]);
      const { value, ...read } = await loadVariables(loadRequest(request, around, true));
      return { ...read, ...(value !== undefined && { value: variableScope(value) }) };
    },
    outline: async (path) => await (await import('./plan/outline.ts')).readOutline(path, sourceFiles),
    values: valuesOf,
    fill: filledIn,
    checkSizes,
  };
}

/** @param all also what stronger variables hide, whatever it costs */
function loadRequest(request: PipelineRequest, around: WharfSurroundings, all = false): LoadRequest {
  return {
    path: request.path,
    files: sourceFiles,
    selection: {
      stages: request.stages,
      steps: request.steps,
      ...(request.environment !== undefined && { environment: request.environment }),
    },
    inputs: request.inputs,
    environment: around.env,
    async outer(directory, mentions) {
      const { outerVariables } = await import('./plan/outer-variables.ts');
      return await outerVariables(
        { directory, mentions, flags: request, runNumber: request.runNumber ?? anyNumber, all },
        { ...around, files: sourceFiles },
      );
    },
  };
}

/** For commands that only read the file. */
async function anyNumber(): Promise<number> {
  return await Promise.resolve(1);
}
