import { symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { projectDir } from '../../../test/rigs/project-dir.ts';
import { chartDependencies, lacksDependency } from './chart-dependencies.ts';
import { chartFiles } from './chart-files.ts';

const yaml = `apiVersion: v2
name: web
version: 1.0.0
dependencies:
  - {name: local, version: 0.1.0, repository: "file://../local"}
  - {name: remote, version: 1.x, repository: "https://example.com"}
`;

it('the files of a chart are its own and those of charts on this machine, without what Helm makes of them', async () => {
  await using project = await projectDir({
    'chart/Chart.yaml': yaml,
    'chart/templates/a.yaml': 'a',
    'chart/charts/local-0.1.0.tgz': 'made by helm',
    'chart/charts/remote-1.2.0.tgz': 'downloaded',
    'chart/tmpcharts-12/x': 'left by helm',
    'local/Chart.yaml':
      'apiVersion: v2\nname: local\nversion: 0.1.0\ndependencies: [{name: web, repository: "file://../chart"}]\n',
  });
  // A circle.
  await symlink('..', join(project.path, 'chart/templates/up'));
  const chart = join(project.path, 'chart');
  const files = await chartFiles(chart);
  expect(Object.keys(files).sort()).toEqual([
    ...['../local/Chart.yaml', 'Chart.yaml', 'charts/remote-1.2.0.tgz', 'templates/a.yaml'],
  ]);
  expect(await chartDependencies(chart)).toEqual([
    { name: 'local', folder: join(project.path, 'local') },
    { name: 'remote' },
  ]);
});

it('an archive is one file', async () => {
  await using project = await projectDir({ 'chart.tgz': 'content' });
  expect(Object.keys(await chartFiles(join(project.path, 'chart.tgz')))).toEqual(['.']);
});

const header = 'NAME\tVERSION\tREPOSITORY         \tSTATUS  \n';

it.each([
  ['', false],
  [`${header}a   \t1.0.0  \thttps://example.com\tok      \n\n`, false],
  [`${header}a   \t1.0.0  \t                   \tunpacked\n\n`, false],
  [`${header}a   \t1.0.0  \thttps://example.com\tok      \nb   \t1.0.0  \thttps://example.com\tmissing \n`, true],
  [`${header}a   \t1.0.0  \thttps://example.com\twrong version\n`, true],
  [`${header}a   \t1.0.0  \thttps://example.com\tok      \n\nWARNING: "charts/c" is not in Chart.yaml.\n`, false],
])('what a table of dependencies says: %#', (table, expected) => {
  expect(lacksDependency(table)).toBe(expected);
});
