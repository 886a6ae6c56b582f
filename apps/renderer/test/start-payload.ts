import { join } from 'node:path';

/** What a payload says of its tries: their names by what the kernel answered, and what the payload has. */
export interface PayloadReport {
  outcomes: Record<string, string[]>;
  has: { noNewPrivileges: boolean; capabilities: number; environment: string[]; openFiles: string[] };
}

const launcher = [join(import.meta.dirname, '../src/sandbox/main.ts')];
const payload = join(import.meta.dirname, 'payload/main.ts');

/** The launcher as on a kernel with that version of Landlock. */
export const launcherOf = (landlock: number) => [join(import.meta.dirname, 'old-kernel/main.ts'), String(landlock)];

/** How to start a payload: what runs Bun, which Bun, and what builds the walls. */
interface PayloadStart {
  runner?: string[];
  bun?: string;
  launch?: string[];
}

/** Starts the payload instead of a renderer, behind the walls, and returns its report. */
export async function startPayload(
  targets: object,
  { runner = [], bun = process.execPath, launch = launcher }: PayloadStart,
): Promise<PayloadReport> {
  const program = [bun, '--no-env-file', ...launch, payload, JSON.stringify(targets)];
  const child = Bun.spawn([...runner, ...program], { env: {}, stdin: 'pipe', stdout: 'pipe', stderr: 'pipe' });
  child.stdin.write('{}\n');
  child.stdin.end();
  const [said, errors] = await Promise.all([new Response(child.stdout).text(), new Response(child.stderr).text()]);
  const [, answer] = said.split('\n');
  if (!answer) throw new Error(`the payload did not run: ${errors}`);
  return JSON.parse(JSON.parse(answer).failure.cause);
}
