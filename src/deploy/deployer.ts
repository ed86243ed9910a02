/**
 * How manifests are made and where they go. Renderers and deployers get a `Work` and return an `Outcome`. None of them raises an
 * event (docs/design/architecture.md, "Errors have three lanes").
 */
import type { DeployedObject } from '../model/artifact.ts';
import type { IngressRoutes } from '../model/ingress-routes.ts';
import type { Outcome } from '../model/outcome.ts';
import type { Work } from '../model/work.ts';
import type { Manifest } from './kubernetes-object.ts';

/** Makes manifests of one source: files, a kustomization, a chart. */
export interface Renderer {
  /** For display: `kustomize build DIR`. */
  readonly source: string;
  /**
   * Returns the objects in the order of the source. Writes what programs print to stderr as output, so a warning is never parsed as
   * a manifest. Failures: `render-failed`, `file-error`, `exit-nonzero`.
   */
  render(work: Work): Promise<Outcome<readonly Manifest[]>>;
}

/** Brings manifests to one place: a cluster, or an engine of containers. */
export interface Deployer {
  /** For display: `kubectl`, `helm`, `docker`. */
  readonly kind: string;
  /**
   * Deploys everything. Ends at once if there is nothing to deploy. Observes each object that it changed (`object.applied`,
   * `object.removed`). Failures: `apply-failed`, `forbidden`, `runtime-lost`, `exit-nonzero`, `unsupported`.
   * @param onDone called for each object as soon as it is deployed or removed, also if the deploy fails later. Deployers of
   * programs that do not tell never call it
   */
  deploy(work: Work, onDone?: (object: DeployedObject) => void): Promise<Outcome<Deployed>>;
  /**
   * Removes everything that an earlier `deploy` made, and nothing else. Not an error if there is nothing. Failures: as `deploy`, and
   * `delete-failed`.
   * @param onDone as in `deploy`
   */
  remove(work: Work, onDone?: (object: DeployedObject) => void): Promise<Outcome<Deployed>>;
}

/** What a deployer did: every object that is deployed now, and those that it removed. */
export interface Deployed {
  readonly objects: readonly DeployedObject[];
  /** What a later step of the run has to serve (`DeploymentArtifact.routes`). */
  readonly routes?: IngressRoutes;
}

/** Waits until deployed objects are ready. */
export interface StatusCheck {
  /** Observes each change of a resource (`resource.status`). Failures: `not-ready`, `runtime-lost`, `forbidden`. */
  wait(objects: readonly DeployedObject[], work: Work): Promise<Outcome>;
}
