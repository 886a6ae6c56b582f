import { join } from 'node:path';
import { findBannedWords } from './banned-words.ts';

// Lists the words that plain-english.test.ts keeps out, in the files below the paths given (default: everything).
const root = join(import.meta.dirname, '..');
const found = await findBannedWords(root, process.argv.slice(2));
for (const { path, line, word, text } of found) process.stdout.write(`${path}:${line}: ${word}: ${text}\n`);
process.stdout.write(`${found.length} found\n`);
