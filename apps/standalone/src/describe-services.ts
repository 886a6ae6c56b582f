import type { ListenAddress, StandaloneConfig } from './read-standalone-config.ts';

/** Returns the URL at which this machine reaches a listening address. */
export function localUrl({ host, port }: ListenAddress): string {
  if (host === '0.0.0.0') return `http://127.0.0.1:${port}`;
  return `http://${bracket(host === '::' ? '::1' : host)}:${port}`;
}

/** Returns the text that `bun start` prints when it is ready: where the API listens and where the data is. */
export function describeServices(config: StandaloneConfig, postgresVersion: string | undefined): string {
  const url = config.publicUrl ?? clientUrl(config.api);
  const table = [
    ['API', url],
    ['Swagger UI', `${url}/swagger`],
    ['Database', describeDatabase(config, postgresVersion)],
    ['Queue', describeQueue(config)],
    ['Images', describeStorage(config)],
  ];
  const lines = table.map(([name, value]) => `  ${name?.padEnd(12)}${value}`);
  return ['Ready.', '', ...lines, '', 'Press Ctrl-C to stop. Your data is kept.'].join('\n');
}

function describeDatabase({ postgres, dataDirectory }: StandaloneConfig, version: string | undefined): string {
  if (postgres === 'embedded') return `embedded Postgres ${version} in ${dataDirectory}/postgres`;
  return `${postgres.database} on the Postgres at ${postgres.host}:${postgres.port}`;
}

function describeQueue({ queue }: StandaloneConfig): string {
  return queue.kind === 'redis' ? `Redis at ${queue.host}:${queue.port}` : 'in the same Postgres';
}

function describeStorage({ storage }: StandaloneConfig): string {
  if (storage.kind === 'filesystem') return storage.directory;
  return `bucket ${storage.bucket}${storage.endpoint ? ` at ${storage.endpoint}` : ''}`;
}

function clientUrl({ host, port }: ListenAddress): string {
  const isThisMachine = ['0.0.0.0', '::', '127.0.0.1', '::1'].includes(host);
  return `http://${isThisMachine ? 'localhost' : bracket(host)}:${port}`;
}

const bracket = (host: string) => (host.includes(':') ? `[${host}]` : host);
