/** Where a repository is kept, as its remote's URL lets guess. */
export interface RepositoryName {
  /** What stands before the name: `group/sub-group`, on Azure DevOps `organization/project`. */
  readonly group?: string;
  readonly name: string;
}

/** A URL with a host; file URLs have none, and their folders are nobody's group. */
const url = /^[a-z][a-z0-9+.-]*:\/\/[^/]+\/(.*)$/i;
/** `git@host:path`, as ssh and scp write it; one letter before the colon is a drive of Windows. */
const scp = /^[^/:]{2,}:(?!\/\/)(.*)$/;

/**
 * `undefined` where the URL is a path of this machine, or nothing that could be told apart. Azure's `/_git/` and `/v3/`
 * are no groups.
 */
export function repositoryName(remote: string): RepositoryName | undefined {
  const path = (url.exec(remote) ?? scp.exec(remote))?.[1];
  if (path === undefined) return undefined;
  const parts = path
    .replace(/[?#].*$/, '')
    .split('/')
    .filter((part) => part !== '');
  if (parts.length > 2 && /^v\d+$/.test(parts[0] ?? '')) parts.shift();
  const name = parts.pop()?.replace(/\.git$/, '') ?? '';
  if (parts.at(-1) === '_git') parts.pop();
  if (name === '') return undefined;
  return parts.length === 0 ? { name } : { group: parts.join('/'), name };
}
