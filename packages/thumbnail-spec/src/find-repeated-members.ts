/** A text may have thousands; more than these do not help to correct it. */
const pointersMax = 20;
const signs = /"[^"\\]*(?:\\.[^"\\]*)*"|[{}[\]:,]/g;

/** An object or array that is being read: where in it the reader is, and the names of the members of an object so far. */
type Level = { name: string; names: Set<string> } | { index: number };

/**
 * Finds the members that an object in a valid JSON text has twice, by their RFC 6901 pointers. `JSON.parse` keeps the last of
 * them and drops the others.
 */
export function findRepeatedMembers(json: string): string[] {
  const levels: Level[] = [];
  const pointers: string[] = [];
  let text = '';
  for (const [sign] of json.matchAll(signs)) {
    if (sign === ':' && startMember(levels.at(-1), JSON.parse(text))) pointers.push(toPointer(levels));
    if (pointers.length === pointersMax) break;
    moveOn(levels, sign);
    text = sign;
  }
  return pointers;
}

/** Enters a member of an object; true if the object has had a member with this name. */
function startMember(level: Level | undefined, name: string): boolean {
  if (!level || 'index' in level) return false;
  level.name = name;
  const isRepeated = level.names.has(name);
  level.names.add(name);
  return isRepeated;
}

function moveOn(levels: Level[], sign: string): void {
  const level = levels.at(-1);
  if (sign === '{') levels.push({ name: '', names: new Set() });
  else if (sign === '[') levels.push({ index: 0 });
  else if (sign === '}' || sign === ']') levels.pop();
  else if (sign === ',' && level && 'index' in level) level.index += 1;
}

const toPointer = (levels: Level[]) =>
  levels
    .map((level) => ('index' in level ? String(level.index) : level.name))
    .map((key) => `/${key.replaceAll('~', '~0').replaceAll('/', '~1')}`)
    .join('');
