import type { Pictures } from './pictures/pictures.ts';
import { describeMachine, readCommit } from './report/describe-machine.ts';
import type { Results, RowResult } from './report/results.ts';
import type { RowContext } from './rows/row.ts';
import { rows } from './rows/rows.ts';
import { type Servers, startServers } from './stack/start-servers.ts';

/** How a run is made. */
export interface RunSettings extends Pick<RowContext, 'rounds' | 'effort'> {
  pictures: Pictures;
  say: (line: string) => void;
}

/** Measures the rows of those names one after the other; what they start is ended again. */
export async function runRows(names: readonly string[], { say, ...settings }: RunSettings): Promise<Results> {
  let servers: Promise<Servers> | undefined;
  const commit = await readCommit();
  const { machine, versions } = describeMachine();
  const measured: Record<string, RowResult> = {};
  try {
    for (const name of names) {
      say(`Measuring ${name} …`);
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
      pictures: settings.pictures.origin,
      rows: measured,
    };
  } finally {
    await (await servers)?.close();
  }
}
