import type { ListenAddress, StandaloneConfig } from './read-standalone-config.ts';

/** The URL at which this process reaches what listens at an address. */
export function ownUrl({ host, port }: ListenAddress): string {
  if (host === '0.0.0.0') return `http://127.0.0.1:${port}`;
  return `http://${bracket(host === '::' ? '::1' : host)}:${port}`;
}

/** Says in a few plain lines where everything is. */
export function describeServices(config: StandaloneConfig, postgresVersion: string | undefined): string {
  const url = config.publicUrl ?? visitorUrl(config.api);
  const table = [
    ['API', url],
    ['Swagger UI', `${url}/swagger`],
    ['Rows', describeRows(config, postgresVersion)],
    [
      'Queue',
      config.queue.kind === 'redis' ? `Redis at ${config.queue.host}:${config.queue.port}` : 'in that Postgres',
    ],
    ['Images', describeImages(config)],
  ];
  const lines = table.map(([name, value]) => `  ${name?.padEnd(12)}${value}`);
  return ['Ready.', '', ...lines, '', 'Ctrl-C ends it; the data stays.'].join('\n');
}

function describeRows({ postgres, dataDirectory }: StandaloneConfig, version: string | undefined): string {
  if (postgres === 'embedded') return `Postgres ${version} in ${dataDirectory}/postgres`;
  return `${postgres.database} in the Postgres at ${postgres.host}:${postgres.port}`;
}

function describeImages({ storage }: StandaloneConfig): string {
  if (storage.kind === 'filesystem') return storage.directory;
  return `bucket ${storage.bucket}${storage.endpoint ? ` at ${storage.endpoint}` : ''}`;
}

function visitorUrl({ host, port }: ListenAddress): string {
  const isThisMachine = ['0.0.0.0', '::', '127.0.0.1', '::1'].includes(host);
  return `http://${isThisMachine ? 'localhost' : bracket(host)}:${port}`;
}

const bracket = (host: string) => (host.includes(':') ? `[${host}]` : host);
