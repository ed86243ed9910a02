import type { ArtifactFile } from '../workspace.ts';
import { bytesOf, keyOf } from './artifact-manifest.ts';

export interface Conflict {
  readonly path: string;
  readonly otherStep: string;
}

interface Claim {
  readonly step: string;
  /** Equal for equal content. For folders, only whether it is a folder. */
  readonly content: string;
}

/**
 * Records which step made which path in each stage. Everything is synchronous, so of two concurrent claims one is
 * first.
 */
export class ArtifactClaims {
  readonly #stages = new Map<number, Map<string, Claim>>();

  /**
   * Claims all paths for a step, replacing the claims of its earlier attempts.
   * @returns the first path that another step made with different content
   */
  claim(stage: number, step: string, files: readonly ArtifactFile[]): Conflict | undefined {
    const claims = this.#stages.get(stage) ?? new Map<string, Claim>();
    this.#stages.set(stage, claims);
    for (const [path, claim] of claims) if (claim.step === step) claims.delete(path);
    let conflict: Conflict | undefined;
    for (const [path, content] of contents(files)) {
      const other = claims.get(path);
      if (other === undefined) claims.set(path, { step, content });
      else if (other.content !== content)
        conflict ??= { path: Buffer.from(path, 'latin1').toString(), otherStep: other.step };
    }
    return conflict;
  }
}

/** Includes the parent folders of each path: a file in the place of another step's folder is a conflict. */
function contents(files: readonly ArtifactFile[]): Map<string, string> {
  const all = new Map<string, string>();
  for (const file of files) {
    const path = keyOf(file);
    for (let end = path.lastIndexOf('/'); end !== -1; end = path.lastIndexOf('/', end - 1))
      all.set(path.slice(0, end), 'folder');
    all.set(path, contentOf(file));
  }
  return all;
}

function contentOf(file: ArtifactFile): string {
  switch (file.type) {
    case 'file':
      return file.digest;
    case 'link':
      return `link ${bytesOf(file.target, file.rawTarget).toString('latin1')}`;
    case 'folder':
      return 'folder';
  }
}
