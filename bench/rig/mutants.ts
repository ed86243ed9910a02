/** Small changes of a source file that a test should notice. */
import ts from 'typescript';

export interface Mutant {
  /** Relative to the root. */
  readonly file: string;
  readonly line: number;
  /** What was changed, for people. */
  readonly change: string;
  /** The changed text of the whole file. */
  readonly text: string;
}

interface Edit {
  readonly node: ts.Node;
  readonly replacement: string;
}

const swapped: Readonly<Partial<Record<ts.SyntaxKind, string>>> = {
  [ts.SyntaxKind.AmpersandAmpersandToken]: '||',
  [ts.SyntaxKind.BarBarToken]: '&&',
  [ts.SyntaxKind.LessThanToken]: '<=',
  [ts.SyntaxKind.LessThanEqualsToken]: '<',
  [ts.SyntaxKind.GreaterThanToken]: '>=',
  [ts.SyntaxKind.GreaterThanEqualsToken]: '>',
  [ts.SyntaxKind.EqualsEqualsEqualsToken]: '!==',
  [ts.SyntaxKind.ExclamationEqualsEqualsToken]: '===',
  [ts.SyntaxKind.PlusToken]: '-',
  [ts.SyntaxKind.MinusToken]: '+',
  [ts.SyntaxKind.AsteriskToken]: '/',
  [ts.SyntaxKind.SlashToken]: '*',
  [ts.SyntaxKind.PlusEqualsToken]: '-=',
  [ts.SyntaxKind.MinusEqualsToken]: '+=',
};

const swappedMethods: ReadonlyMap<string, string> = new Map([
  ['some', 'every'],
  ['every', 'some'],
  ['min', 'max'],
  ['max', 'min'],
]);

/** Texts for people: tests hold what is said of them loosely, on purpose. */
const messageFields = new Set(['message', 'detail', 'help', 'advice']);
/** Without effect on behavior: a warning of Node's, a listener that is removed anyway. */
const ignoredCalls = new Set(['setMaxListeners']);
const ignoredFields = new Set(['once']);

/** Returns every mutant of a file, in the order of the text. */
export function mutantsOf(file: string, text: string): Mutant[] {
  const source = ts.createSourceFile(file, text, ts.ScriptTarget.ES2023, true);
  const mutants: Mutant[] = [];
  const visit = (node: ts.Node): void => {
    if (isIgnored(node)) return;
    for (const { node: target, replacement } of editsOf(node)) {
      const start = target.getStart(source);
      const before = text.slice(start, target.end);
      mutants.push({
        file,
        line: source.getLineAndCharacterOfPosition(start).line + 1,
        change: `${inOneLine(before)} → ${replacement === '' ? '(removed)' : inOneLine(replacement)}`,
        text: text.slice(0, start) + replacement + text.slice(target.end),
      });
    }
    ts.forEachChild(node, visit);
  };
  visit(source);
  return mutants;
}

function isIgnored(node: ts.Node): boolean {
  if (ts.isImportDeclaration(node) || ts.isExportDeclaration(node)) return true;
  if (ts.isTypeNode(node) && !ts.isExpressionWithTypeArguments(node)) return true;
  if (ts.isInterfaceDeclaration(node) || ts.isTypeAliasDeclaration(node)) return true;
  if (ts.isThrowStatement(node)) return true;
  if (ts.isNewExpression(node) && ts.isIdentifier(node.expression) && node.expression.text.endsWith('Error'))
    return true;
  if (ts.isPropertyAssignment(node) && ts.isIdentifier(node.name))
    return messageFields.has(node.name.text) || ignoredFields.has(node.name.text);
  return (
    ts.isExpressionStatement(node) &&
    ts.isCallExpression(node.expression) &&
    ts.isIdentifier(node.expression.expression) &&
    ignoredCalls.has(node.expression.expression.text)
  );
}

function editsOf(node: ts.Node): Edit[] {
  if (ts.isIfStatement(node)) return [negated(node.expression)];
  if (ts.isConditionalExpression(node)) return [negated(node.condition)];
  if (ts.isWhileStatement(node)) return [{ node: node.expression, replacement: 'false' }];
  if (ts.isBinaryExpression(node)) return binary(node);
  if (ts.isPrefixUnaryExpression(node)) return prefixUnary(node);
  if (ts.isPostfixUnaryExpression(node))
    return [
      {
        node,
        replacement: `${node.operand.getText()}${node.operator === ts.SyntaxKind.PlusPlusToken ? '--' : '++'}`,
      },
    ];
  if (ts.isExpressionStatement(node) && hasEffect(node.expression)) return [{ node, replacement: ';' }];
  if (
    (ts.isPropertyAccessExpression(node) || ts.isCallExpression(node) || ts.isElementAccessExpression(node)) &&
    node.questionDotToken !== undefined
  )
    return [{ node: node.questionDotToken, replacement: ts.isPropertyAccessExpression(node) ? '!.' : '!' }];
  if (ts.isCallExpression(node) && ts.isPropertyAccessExpression(node.expression)) {
    const other = swappedMethods.get(node.expression.name.text);
    return other === undefined ? [] : [{ node: node.expression.name, replacement: other }];
  }
  return literal(node);
}

function negated(condition: ts.Expression): Edit {
  return { node: condition, replacement: `!(${condition.getText()})` };
}

function binary(node: ts.BinaryExpression): Edit[] {
  const { left, operatorToken, right } = node;
  if (operatorToken.kind === ts.SyntaxKind.QuestionQuestionToken)
    return [
      { node, replacement: `(${left.getText()})!` },
      { node, replacement: `(${right.getText()})` },
    ];
  const other = swapped[operatorToken.kind];
  return other === undefined ? [] : [{ node: operatorToken, replacement: other }];
}

function prefixUnary(node: ts.PrefixUnaryExpression): Edit[] {
  const operand = node.operand.getText();
  switch (node.operator) {
    case ts.SyntaxKind.ExclamationToken:
    case ts.SyntaxKind.MinusToken:
      return [{ node, replacement: operand }];
    case ts.SyntaxKind.PlusPlusToken:
      return [{ node, replacement: `--${operand}` }];
    case ts.SyntaxKind.MinusMinusToken:
      return [{ node, replacement: `++${operand}` }];
    default:
      return [];
  }
}

/** Calls, assignments and deletions: a statement of nothing else may be removed. */
function hasEffect(expression: ts.Expression): boolean {
  if (ts.isAwaitExpression(expression) || ts.isVoidExpression(expression) || ts.isDeleteExpression(expression))
    return true;
  if (ts.isCallExpression(expression)) return expression.expression.kind !== ts.SyntaxKind.SuperKeyword;
  return ts.isBinaryExpression(expression) && expression.operatorToken.kind === ts.SyntaxKind.EqualsToken;
}

function literal(node: ts.Node): Edit[] {
  if (node.kind === ts.SyntaxKind.TrueKeyword) return [{ node, replacement: 'false' }];
  if (node.kind === ts.SyntaxKind.FalseKeyword) return [{ node, replacement: 'true' }];
  if (ts.isNumericLiteral(node)) return [{ node, replacement: node.text === '1' ? '0' : `${Number(node.text) + 1}` }];
  if (ts.isStringLiteral(node) || ts.isNoSubstitutionTemplateLiteral(node)) {
    if (ts.isPropertyAssignment(node.parent) && node.parent.name === node) return [];
    return [{ node, replacement: node.text === '' ? `'mutant'` : `''` }];
  }
  if (ts.isTemplateExpression(node)) return [{ node, replacement: `''` }];
  if (ts.isArrayLiteralExpression(node) && node.elements.length > 0) return [{ node, replacement: '[]' }];
  return [];
}

function inOneLine(text: string): string {
  const line = text.replace(/\s+/g, ' ');
  return line.length > 70 ? `${line.slice(0, 67)}…` : line;
}

/**
 * Returns the mutants that the compiler accepts: one that it refuses needs no test. Unused names are fine, as a removed
 * call leaves some.
 */
export function compiling(root: string, mutants: readonly Mutant[]): Mutant[] {
  const { config } = ts.readConfigFile(`${root}/tsconfig.json`, (path) => ts.sys.readFile(path)) as { config: unknown };
  const { options } = ts.parseJsonConfigFileContent(config, ts.sys, root);
  const relaxed: ts.CompilerOptions = { ...options, noUnusedLocals: false, noUnusedParameters: false };
  // Each is a file of its own beside the original, so that one program checks all of them.
  const texts = new Map<string, string>();
  const names = mutants.map(({ file, text }, index) => {
    const name = `${root}/${file.replace(/\.ts$/, '')}.mutant-${index}.ts`;
    texts.set(name, text);
    return name;
  });
  const host = ts.createCompilerHost(relaxed, true);
  host.readFile = (path) => texts.get(path) ?? ts.sys.readFile(path);
  host.fileExists = (path) => texts.has(path) || ts.sys.fileExists(path);
  host.getSourceFile = (path, options) => {
    const text = texts.get(path) ?? ts.sys.readFile(path);
    return text === undefined ? undefined : ts.createSourceFile(path, text, options, true);
  };
  const program = ts.createProgram(names, relaxed, host);
  return mutants.filter((_, index) => {
    const source = program.getSourceFile(names[index] ?? '');
    return source !== undefined && program.getSemanticDiagnostics(source).length === 0;
  });
}
