import { join } from 'node:path';

const root = join(import.meta.dirname, '../../..');
const folders = ['apps/backend-api', 'packages/*'];
const literals = /'((?:[^'\\\n]|\\.)*)'|`((?:[^`\\]|\\.)*)`|"((?:[^"\\\n]|\\.)*)"/g;
const placeholder = /\$\{(?:[^{}]|\{[^{}]*\})*\}/;
/** A template with fewer characters of its own would match the text of a library too. */
const lettersMin = 6;

/** Returns a function that says whether a text is written in the sources of this project, with its values filled in. */
export async function readOwnTexts(): Promise<(text: string) => boolean> {
  const texts = new Set<string>();
  const templates: RegExp[] = [];
  for (const file of folders.flatMap((folder) => [...new Bun.Glob(`${folder}/src/**/*.ts`).scanSync({ cwd: root })])) {
    const source = await Bun.file(join(root, file)).text();
    const code = source.replaceAll(/^\s*(?:\/?\*|\/\/).*$/gm, '').replaceAll(/(?<=[\s;])\/\/ .*$/gm, '');
    for (const [, single, template = '', double] of code.matchAll(literals)) {
      const parts = template.split(placeholder);
      if (single ?? double) texts.add((single ?? double ?? '').replaceAll(/\\(['"])/g, '$1'));
      else if (parts.join('').replaceAll(/\W/g, '').length >= lettersMin) templates.push(toPattern(parts));
    }
  }
  return (text) => texts.has(text) || templates.some((template) => template.test(text));
}

const toPattern = (parts: string[]) =>
  new RegExp(`^${parts.map((part) => RegExp.escape(part.replaceAll('\\`', '`'))).join('.*')}$`, 's');
