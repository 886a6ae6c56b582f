import { testEnvironment } from './environment.ts';

/** Returns the path of a Chromium on the PATH, or null if there is none. Throws if real services are required. */
export function findChromium(): string | null {
  const found = Bun.which('chromium') ?? Bun.which('chromium-browser');
  if (!found && testEnvironment.requireRealServices) throw new Error('No Chromium: install chromium.');
  return found;
}
