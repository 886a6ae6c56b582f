import { testEnvironment } from './environment.ts';

/** Returns the path of the first of these programs on the PATH, or null if there is none. Throws if real services are required. */
export function findProgram(...names: string[]): string | null {
  const found = names.map((name) => Bun.which(name)).find((path) => path !== null) ?? null;
  if (!found && testEnvironment.requireRealServices) throw new Error(`Install ${names[0]}: it is not on the PATH.`);
  return found;
}
