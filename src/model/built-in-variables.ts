/** Variables that Git answers (docs/cli.md, "vars"). */
export const gitVariableNames: readonly string[] = [
  'GIT_BRANCH',
  'REPO_BRANCH',
  'GIT_SAFEBRANCH',
  'GIT_COMMIT',
  'REPO_GROUP',
  'REPO_NAME',
  'GIT_COMMIT_AUTHOR_DATE',
  'GIT_COMMIT_COMMITTER_DATE',
  'GIT_COMMIT_SUBJECT',
  'GIT_TAG',
];

/** Variables that are there without being defined. They are looked up only where a file mentions them. */
export const builtInVariableNames: readonly string[] = [...gitVariableNames, 'BUILD_REF', 'PROJECT_ID'];
