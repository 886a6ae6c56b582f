import { startApp } from '@thumbnail-api/testing/processes';
import { alternate } from '../measure/alternate.ts';
import { readCpuMs } from '../measure/cpu.ts';
import { type Figure, toFigure } from '../measure/figure.ts';
import { repeat, sendImage } from '../stack/client.ts';
import { startService } from '../stack/start-service.ts';
import { type RowContext, scaled } from './row.ts';

/** CPU per upload of the API, compared with a bare server that parses the same form and writes it to the same store. */
export async function upload(context: RowContext): Promise<Figure[]> {
  const servers = await context.servers();
  const { environment } = servers;
  const { api, close } = await startService(servers, { workers: 0 });
  const bare = await startApp({ program: 'bench/baselines/upload/main.ts', portVariable: 'PORT', environment });
  const measure = async (
    server: { url: string },
    pid: number,
    source: Parameters<typeof sendImage>[1],
    times: number,
  ) => {
    const before = readCpuMs([pid]);
    await repeat(times, 4, () => sendImage(server, source));
    return (readCpuMs([pid]) - before) / times;
  };
  const small = await context.images.small();
  const cases = [
    { what: '100 KB', source: small, uploads: 250 },
    { what: '3 MB', source: await context.images.large(), uploads: 60 },
  ];
  const figures: Figure[] = [];
  // Warm up: a service runs for days, so the time that the runtime spends on compiling does not count.
  for (const server of [api, { url: `${bare.url}/same` }, { url: `${bare.url}/bun` }])
    await repeat(600, 4, () => sendImage(server, small));
  for (const { what, source, uploads } of cases) {
    const times = scaled(context, uploads);
    for (const [client, name, goal] of [
      ['same', 'the same S3 client', { atMost: 1.5 }],
      ['bun', `Bun's S3 client`, null],
    ] as const) {
      const subject = () => measure(api, api.pid, source, times);
      const baseline = () => measure({ url: `${bare.url}/${client}` }, bare.pid, source, times);
      const rounds = await alternate(context.rounds, { subject, baseline });
      const named = {
        row: 'upload',
        what: `${what}, compared with ${name}`,
        unit: 'ms CPU',
        comparison: 'ratio',
        goal,
      } as const;
      figures.push(toFigure(named, rounds));
    }
  }
  await bare.kill();
  await close();
  await servers.sql`truncate jobs, images cascade`;
  return figures;
}
