import { type Environment, loadConfigOrExit, sweepConfig } from '@thumbnail-api/config';
import { assertSchema, openDatabase } from '@thumbnail-api/db';
import { verifyData } from '@thumbnail-api/jobs';
import { openStore } from '@thumbnail-api/storage';
import { createLogger } from '@thumbnail-api/telemetry';
import { describeReport } from './describe-report.ts';
import { parseVerifyCommand, usage } from './parse-verify-command.ts';
import { drawProgress } from './progress-bar.ts';

/**
 * Compares the bucket with the rows, and with `--restore` moves back what was quarantined by mistake.
 *
 * Returns 0 if they match, 1 for findings or a failure, or 64 for invalid arguments.
 */
export async function runVerifyCommand(environment: Environment, args: string[]): Promise<number> {
  const command = parseVerifyCommand(args);
  if (!command) {
    process.stderr.write(`${usage}\n`);
    return 64;
  }
  const config = loadConfigOrExit(sweepConfig, environment);
  const log = createLogger('verify', config.logLevel);
  const database = openDatabase(config.postgres, 2);
  const store = openStore(config.storage);
  try {
    await assertSchema(database);
    const onProgress = drawProgress(process.stderr);
    const report = await verifyData({ database, store, log }, { ...command, onProgress });
    process.stdout.write(`${describeReport(report)}\n`);
    return report.findings.length + report.named.length === 0 ? 0 : 1;
  } catch (error) {
    log.fatal({ error }, error instanceof Error ? error.message : 'verifying the data failed');
    return 1;
  } finally {
    await database.close();
    store.close();
  }
}
