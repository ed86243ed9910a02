/** The variables whose values come from Git (docs/cli.md, "vars"). */
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

/** The variables that exist without a definition. Slipway reads them only if a file mentions them. */
export const builtInVariableNames: readonly string[] = [...gitVariableNames, 'BUILD_REF', 'PROJECT_ID'];
