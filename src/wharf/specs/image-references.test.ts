import { expect, test } from 'vitest';
import { destinationsOf, imageNameOf, tagsOf } from './image-references.ts';

const repository = { registry: 'registry.example', group: 'Team/Sub', project: 'Shop', name: 'web' };
const undefinedParts = { registry: '${REG_URL}', group: '${REPO_GROUP}', project: '${REPO_NAME}', name: 'web' };

test.each<[string, Parameters<typeof destinationsOf>[0], readonly string[]]>([
  ['a default, below its project', { repository, tag: '1' }, ['registry.example/team/sub/shop/web:1']],
  [
    'called as its project',
    { repository: { ...repository, name: 'shop' }, tag: '1' },
    ['registry.example/team/sub/shop:1'],
  ],
  ['one that is written', { destination: 'registry.example:5000/A', tag: 'B' }, ['registry.example:5000/a:B']],
  [
    'several tags, with blanks, empty ones and one twice',
    { destination: 'a', tag: ' 1, latest,, 1 ,' },
    ['a:1', 'a:latest'],
  ],
  [
    'slashes too many',
    { repository: { ...repository, registry: 'registry.example/', group: '/team/' }, tag: '1' },
    ['registry.example/team/shop/web:1'],
  ],
  [
    'slashes at the end of one that is written',
    { destination: 'registry.example/a/', tag: '1' },
    ['registry.example/a:1'],
  ],
  [
    'a registry with a path',
    { repository: { ...repository, registry: 'registry.example/hub' }, tag: '1' },
    ['registry.example/hub/team/sub/shop/web:1'],
  ],
  ['only built, with nothing defined', { repository: undefinedParts, tag: 't', push: false }, ['web:t']],
  [
    'only built, without a registry',
    { repository: { ...undefinedParts, group: 'g', project: 'web' }, tag: 't', push: false },
    ['g/web:t'],
  ],
])('%s', (_, spec, expected) => {
  expect(destinationsOf(spec)).toEqual(expected);
});

test.each([
  ['a', ['a']],
  [' a ,, b,', ['a', 'b']],
  [', ,', []],
])('%j is the tags %j', (list, tags) => {
  expect(tagsOf(list)).toEqual(tags);
});

test.each<[string, Parameters<typeof imageNameOf>[0], string]>([
  ['its `name`', { repository: { ...repository, name: 'Web' } }, 'Web'],
  ['its `destination`', { repository, destination: 'registry.example/A/' }, 'registry.example/A/'],
  ['its step', {}, 'step'],
])('an image is called by %s', (_, spec, name) => {
  expect(imageNameOf(spec, 'step')).toBe(name);
});
