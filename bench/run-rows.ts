import { describeMachine, readCommit } from './report/describe-machine.ts';
import type { Results, RowResult } from './report/results.ts';
import type { RowContext } from './rows/row.ts';
import { rows } from './rows/rows.ts';
import { type Servers, startServers } from './stack/start-servers.ts';

/** The settings of a run. */
export interface RunSettings extends Pick<RowContext, 'images' | 'rounds' | 'effort'> {
  /** Prints a line of progress. */
  print: (line: string) => void;
}

/** Measures the named rows in sequence, and stops every server that they started. */
export async function runRows(names: readonly string[], { print, ...settings }: RunSettings): Promise<Results> {
  let servers: Promise<Servers> | undefined;
  const commit = await readCommit();
  const { machine, versions } = describeMachine();
  const measured: Record<string, RowResult> = {};
  try {
    for (const name of names) {
      print(`Measuring ${name} …`);
      const notes: string[] = [];
      const context: RowContext = {
        ...settings,
        servers: () => {
          servers ??= startServers();
          return servers;
        },
        note: (text) => notes.push(text),
      };
      const figures = (await rows[name]?.(context)) ?? [];
      measured[name] = { commit, measuredAt: new Date().toISOString(), effort: settings.effort, figures, notes };
    }
    return {
      machine,
      versions: { ...versions, ...(await servers)?.names },
      images: settings.images.origin,
      rows: measured,
    };
  } finally {
    await (await servers)?.close();
  }
}
