import { describe, expect, it } from 'vitest';
import { syncRule } from './v1beta9.ts';

describe('syncRule', () => {
  it.each([
    ['*.py', '.', '*.py', '.', ''],
    ['app.py', 'app', 'app.py', 'app', ''],
    ['/app.py', 'app', '/app.py', 'app', '/'],
    ['css/*.css', '', 'css/*.css', '', 'css/'],
    ['css/*.css', '.', 'css/*.css', '.', 'css/'],
    ['css/*.css', 'css', 'css/*.css', '.', ''],
    ['css/*.css', 'app/css/', 'css/*.css', 'app/', ''],
    ['css/*.css', 'app/css', 'css/*.css', 'app/', ''],
    ['css/*.css', 'app/less', 'css/*.css', 'app/less', 'css/'],
    ['/css/*.css', '/css', '/css/*.css', '/', ''],
    ['a/b/c.css', 'x/a/b', 'a/b/c.css', 'x/', ''],
    ['src/***/*.js', 'src', 'src/**/*.js', '.', ''],
    ['***/*.js', 'dist', '**/*.js', 'dist', ''],
    ['a/***/b/***', 'dist', 'a/**/b/**', 'dist', 'a/'],
  ])('reads `%s: %s` as the rule `%s`, `%s`, `%s`', (pattern, destination, src, dest, strip) => {
    expect(syncRule(pattern, destination)).toEqual({ src, dest, strip });
  });

  it.each(['src/**/*.js', 'src/*/a.js', '*/*.js', 'src/*.*', 'src/', ''])('cannot flatten `%s`', (pattern) => {
    expect(syncRule(pattern, 'dist')).toEqual({ src: pattern, dest: 'dist', strip: '', flattened: true });
  });
});
