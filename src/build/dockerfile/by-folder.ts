/**
 * Returns a function that decides about paths from what is known of the folder above. Decisions about folders are
 * kept, since an index asks for all files of a folder one after the other.
 * @param root the decision about the context itself
 */
export function byFolder<T>(root: T, decide: (path: string, above: T) => T): (path: string) => T {
  const known = new Map<string, T>();
  let lastFolder = '';
  let last = root;
  const ofFolder = (folder: string): T => {
    if (known.has(folder)) return known.get(folder)!;
    const decided = ofPath(folder);
    known.set(folder, decided);
    return decided;
  };
  const ofPath = (path: string): T => {
    const slash = path.lastIndexOf('/');
    return decide(path, slash < 0 ? root : ofFolder(path.slice(0, slash)));
  };
  return (path) => {
    const slash = path.lastIndexOf('/');
    if (slash < 0) return decide(path, root);
    const folder = path.slice(0, slash);
    if (folder !== lastFolder) [lastFolder, last] = [folder, ofFolder(folder)];
    return decide(path, last);
  };
}
