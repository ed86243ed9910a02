import { describe, expect, it } from 'vitest';
import { findGradleJib, findMavenJib } from './find-jib.ts';
import { elementText, readXml } from './xml-elements.ts';

const jib = (configuration = '') =>
  `<build><plugins><plugin><groupId>com.google.cloud.tools</groupId><artifactId>jib-maven-plugin</artifactId>${configuration}</plugin></plugins></build>`;
const pom = (artifact: string, content: string) =>
  `<?xml version="1.0"?>\n<project xmlns="x"><groupId>g</groupId><artifactId>${artifact}</artifactId>${content}</project>`;

function maven(files: Readonly<Record<string, string>>) {
  return findMavenJib(new Map(Object.entries(files)), 'shop');
}

function gradle(files: Readonly<Record<string, string>>) {
  return findGradleJib(new Map(Object.entries(files)), 'shop');
}

describe('findMavenJib', () => {
  it('finds a project with the plugin, its image and ports', () => {
    const to =
      '<configuration><to><image>gcr.io/p/app:1</image></to><container><ports><port>8080</port></ports></container></configuration>';
    expect(maven({ 'pom.xml': pom('app', jib(to)) })).toEqual([
      {
        ...{ type: 'jib', tool: 'maven', path: 'pom.xml', context: '.', image: 'gcr.io/p/app' },
        ...{ imageFrom: 'the Jib plugin', names: ['app', 'shop'], ports: [8080] },
      },
    ]);
  });

  it('finds the modules of a parent, which have the plugin or inherit it', () => {
    const modules = '<packaging>pom</packaging><modules><module>web</module><module>api/pom.xml</module></modules>';
    const own = maven({ 'pom.xml': pom('all', modules), 'web/pom.xml': pom('w', jib()), 'api/pom.xml': pom('a', '') });
    expect(own.map(({ path, context, project }) => [path, context, project])).toEqual([['web/pom.xml', '.', 'g:w']]);
    const inherited = maven({
      'pom.xml': pom('all', modules + jib()),
      'web/pom.xml': pom('w', ''),
      'api/pom.xml': pom('a', ''),
    });
    expect(inherited.map(({ project }) => project)).toEqual(['g:w', 'g:a']);
  });

  it.for([
    ['no plugin', pom('app', '')],
    ['a plugin in a comment', pom('app', `<!-- ${jib()} -->`)],
    ['a plugin that is only managed', pom('app', `<build><pluginManagement>${jib()}</pluginManagement></build>`)],
    ['no XML', 'jib-maven-plugin'],
    ['an open comment', `<!--${'<!--'.repeat(1000)}`],
  ] as const)('finds nothing in a file with %s', ([, text]) => {
    expect(maven({ 'pom.xml': text })).toEqual([]);
  });

  it('knows no image with a property', () => {
    const to = '<configuration><to><image>gcr.io/${project}/app</image></to></configuration>';
    expect(maven({ 'pom.xml': pom('app', jib(to)) })[0]?.image).toBeUndefined();
  });

  it('ends for modules in a circle', () => {
    const circle = '<modules><module>.</module><module>../a</module></modules>';
    expect(maven({ 'a/pom.xml': pom('a', circle + jib()) })).toEqual([]);
  });
});

describe('findGradleJib', () => {
  const plugin = "plugins {\n  id 'com.google.cloud.tools.jib' version '3.4.0'\n}\n";

  it.for([
    ['build.gradle', plugin, undefined],
    [
      'build.gradle.kts',
      'plugins { id("com.google.cloud.tools.jib") }\njib { to { image = "acme/app:1" } }',
      'acme/app',
    ],
    ['build.gradle', `${plugin}jib.to.image = 'x'\njib {\n  to {\n    image 'acme/app'\n  }\n}`, 'acme/app'],
  ] as const)('finds %s: %j', ([path, text, image]) => {
    expect(gradle({ [path]: text })).toMatchObject([{ type: 'jib', tool: 'gradle', path, context: '.' }]);
    expect(gradle({ [path]: text })[0]?.image).toBe(image);
  });

  it('finds the projects of a build', () => {
    const files = {
      'settings.gradle.kts': 'rootProject.name = "x"\ninclude(":web", "libs:core")\n// include("old")',
      'build.gradle': "plugins { id 'com.google.cloud.tools.jib' version '3' apply false }",
      'web/build.gradle': plugin,
      'libs/core/build.gradle': plugin,
      'other/build.gradle': plugin,
    };
    expect(gradle(files).map(({ path, context, project }) => [path, context, project])).toEqual([
      ['web/build.gradle', '.', 'web'],
      ['libs/core/build.gradle', '.', 'libs:core'],
      ['other/build.gradle', 'other', undefined],
    ]);
  });

  it.for([
    ['no plugin', 'plugins { id "java" }'],
    ['a comment', `// ${plugin.replaceAll('\n', ' ')}`],
    ['a block comment', `/* ${plugin} */`],
    ['an open comment', `/*${'/*'.repeat(1000)}com.google.cloud.tools.jib`],
  ] as const)('finds nothing in a file with %s', ([, text]) => {
    expect(gradle({ 'build.gradle': text })).toEqual([]);
  });
});

describe('readXml', () => {
  it.for([
    ['<a><b>x</b></a>', 'x'],
    ['<a><b><![CDATA[<x>]]></b></a>', '<x>'],
    ['<!DOCTYPE a [<!ENTITY e "y">]><a><b>&e;</b></a>', '&e;'],
    ['<a><b/><b>z</b></a>', undefined],
    ['<a><b attribute="1', undefined],
    ['<a></x><b>t</b>', 't'],
    ['', undefined],
  ] as const)('%s', ([text, content]) => {
    expect(elementText(readXml(text), 'a', 'b')).toBe(content);
  });
});
