import { join } from 'node:path';
import { $ } from 'bun';

/** One occurrence of a banned word. */
export interface BannedWord {
  path: string;
  line: number;
  word: string;
  text: string;
}

/** Words that the project does not use, with their replacements. */
const words = [
  'anew', // again, from the start
  'anybody', // anyone
  'away', // unavailable
  'borne', // accepted
  'doomed', // deleted
  'heed', // handle
  'nobody', // no one, nothing
  'out of reach', // unavailable
  'patience', // deadline, timeout
  'picture', // image
  'pictures',
  'riddle',
  'shall', // must, can, will
  'somebody', // someone, a client
  'taken', // accepted, supported, used
  'told', // notified, requested
  'unnamed', // orphan
  'vouch', // verify
  'whoever', // the client, the caller
  'whomever',
];
const pattern = new RegExp(`(?<![a-z])(?:${words.join('|')})(?![a-z])`, 'gi');
const skipped = [
  'scripts/banned-words.ts',
  'bun.lock',
  'packages/db/migrations/',
  'patches/',
  'bench/results/',
  'packages/embedded-postgres/src/find-ordinary-user.ts', // the Unix user nobody
];
const checked = /\.(?:ts|md|json|ya?ml|sh|toml|example|conf|txt)$|\/(?:run|compose|Dockerfile)$/;

/** Finds banned words in the text files below `paths`, also inside identifiers: `isAway` contains `away`. */
export async function findBannedWords(root: string, paths: string[] = []): Promise<BannedWord[]> {
  const listed = await $`git ls-files --cached --others --exclude-standard -- ${paths.length > 0 ? paths : ['.']}`
    .cwd(root)
    .text();
  const files = listed
    .split('\n')
    .filter((path) => checked.test(path) && !skipped.some((each) => path.startsWith(each)));
  const found = await Promise.all(files.map((path) => searchFile(root, path)));
  return found.flat();
}

async function searchFile(root: string, path: string): Promise<BannedWord[]> {
  const file = Bun.file(join(root, path));
  const lines = (await file.exists()) ? (await file.text()).split('\n') : [];
  return lines.flatMap((text, index) => {
    const spaced = text.replace(/([a-z])([A-Z])/g, '$1 $2').replaceAll('_', ' ');
    const [word] = spaced.match(pattern) ?? [];
    return word ? [{ path, line: index + 1, word, text: text.trim() }] : [];
  });
}
