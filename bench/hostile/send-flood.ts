import { connect } from 'node:net';

/** What to send, and to whom. */
export interface Flood {
  url: string;
  connections: number;
  /** Whole requests with their bodies, in base64; each connection sends them in turn. */
  requests: string[];
}

/** A connection that has waited this long for an answer is closed, and another one opened. */
const answerDeadlineMs = 5_000;
const headMaxBytes = 16_384;

// A process of its own, started by `startFlood`. It ends with its parent.
const { url, connections, requests } = (await Bun.file(process.argv[2] ?? '').json()) as Flood;
const { hostname, port } = new URL(url);
const bodies = requests.map((request) => Buffer.from(request, 'base64'));
const answered: Record<string, number> = {};
/** The connections that wait for the end of a pause. */
const paused: (() => void)[] = [];
let isPaused = true;

/** Sends one request after the other on one connection, and opens another one when it is closed. */
function flood(start: number): void {
  let next = start;
  let head = '';
  let received = 0;
  let end = '';
  let timer: ReturnType<typeof setTimeout> | undefined;
  // Not the address of the honest client.
  const socket = connect({ host: hostname, port: Number(port), localAddress: '127.0.0.2', noDelay: true });
  const send = () => {
    clearTimeout(timer);
    if (isPaused) return void paused.push(send);
    if (socket.destroyed) return;
    [head, received, end] = ['', 0, ''];
    timer = setTimeout(() => socket.destroy(), answerDeadlineMs);
    socket.write(bodies[next % bodies.length] ?? '');
    next += 1;
  };
  const count = () => {
    const status = head.slice(9, 12);
    answered[status] = (answered[status] ?? 0) + 1;
  };
  socket.on('connect', send);
  socket.on('data', (data) => {
    const bytes = Buffer.from(data);
    received += bytes.length;
    end = (end + bytes.subarray(-5).toString('latin1')).slice(-5);
    if (!head.includes('\r\n\r\n')) head += bytes.subarray(0, headMaxBytes).toString('latin1');
    const headBytes = head.indexOf('\r\n\r\n') + 4;
    if (headBytes < 4) return;
    const [, length] = /\r\ncontent-length: (\d+)/i.exec(head) ?? [];
    const isStream = /text\/event-stream/.test(head);
    const isComplete = length === undefined ? end === '0\r\n\r\n' : received - headBytes >= Number(length);
    if (isStream || isComplete) count();
    // A stream does not end by itself: open the next one.
    if (isStream) socket.destroy();
    else if (isComplete) send();
  });
  socket.on('error', () => undefined);
  socket.on('close', () => {
    clearTimeout(timer);
    setTimeout(() => flood(next), 5);
  });
}

for (let index = 0; index < connections; index += 1) flood(index);
process.on('message', (message) => {
  if (message === 'count') process.send?.(answered);
  else isPaused = message === 'pause';
  if (!isPaused) for (const send of paused.splice(0)) send();
});
process.on('disconnect', () => process.exit(0));
