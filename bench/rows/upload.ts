import { startApp } from '@thumbnail-api/testing/processes';
import { alternate } from '../measure/alternate.ts';
import { readCpuMs } from '../measure/cpu.ts';
import { type Figure, toFigure } from '../measure/figure.ts';
import { repeat, sendPicture } from '../stack/client.ts';
import { startService } from '../stack/start-service.ts';
import { type RowContext, scaled } from './row.ts';

/** CPU per upload of the API, beside a bare server that hashes the same form and writes it to the same store. */
export async function upload(context: RowContext): Promise<Figure[]> {
  const servers = await context.servers();
  const { environment } = servers;
  const { api, close } = await startService(servers, { workers: 0 });
  const bare = await startApp({ program: 'bench/baselines/upload/main.ts', portVariable: 'PORT', environment });
  const measure = async (
    server: { url: string },
    pid: number,
    picture: Parameters<typeof sendPicture>[1],
    times: number,
  ) => {
    const before = readCpuMs([pid]);
    await repeat(times, 4, () => sendPicture(server, picture));
    return (readCpuMs([pid]) - before) / times;
  };
  const small = await context.pictures.small();
  const cases = [
    { what: '100 KB', picture: small, uploads: 250 },
    { what: '3 MB', picture: await context.pictures.large(), uploads: 60 },
  ];
  const figures: Figure[] = [];
  // A service runs for days: what the runtime compiles at first is no cost of an upload.
  for (const server of [api, { url: `${bare.url}/same` }, { url: `${bare.url}/bun` }])
    await repeat(600, 4, () => sendPicture(server, small));
  for (const { what, picture, uploads } of cases) {
    const times = scaled(context, uploads);
    for (const [client, name, goal] of [
      ['same', 'the same client', { atMost: 1.5 }],
      ['bun', `Bun's S3 client`, null],
    ] as const) {
      const subject = () => measure(api, api.pid, picture, times);
      const baseline = () => measure({ url: `${bare.url}/${client}` }, bare.pid, picture, times);
      const rounds = await alternate(context.rounds, { subject, baseline });
      const named = {
        row: 'upload',
        what: `${what}, beside ${name}`,
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
