/** A repository's group and name, derived from the URL of its remote. */
export interface RepositoryName {
  /** The part before the name: `group/sub-group`, or on Azure DevOps `organization/project`. */
  readonly group?: string;
  readonly name: string;
}

/** A URL with a host. File URLs have none. */
const url = /^[a-z][a-z0-9+.-]*:\/\/[^/]+\/(.*)$/i;
/** `git@host:path` (ssh, scp). A single letter before the colon is a Windows drive. */
const scp = /^[^/:]{2,}:(?!\/\/)(.*)$/;

/** Returns `undefined` for a local path or an unknown form. Azure's `/_git/` and `/v3/` are not groups. */
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
