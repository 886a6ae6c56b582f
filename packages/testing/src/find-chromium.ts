import { testEnvironment } from './environment.ts';

/** The path of a Chromium on the PATH; null where there is none. Throws where real parts are required. */
export function findChromium(): string | null {
  const found = Bun.which('chromium') ?? Bun.which('chromium-browser');
  if (!found && testEnvironment.requireRealServices) throw new Error('No browser: install chromium.');
  return found;
}
