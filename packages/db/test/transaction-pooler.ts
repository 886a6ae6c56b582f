import { connect, createServer, type Socket } from 'node:net';

/** A pooler between clients and Postgres that lends a server connection for one transaction at a time, as PgBouncer can. */
export interface TransactionPooler {
  port: number;
  close(): Promise<void>;
}

const host = '127.0.0.1';
const readyForQuery = 'Z'.charCodeAt(0);
const idle = 'I'.charCodeAt(0);

/** A connection to Postgres, and the client that has it at the moment. */
interface Lent {
  socket: Socket;
  client: Socket | undefined;
}

/** Opens a pooler in front of the Postgres at `target`. The caller closes it. */
export async function openTransactionPooler(target: { host: string; port: number }): Promise<TransactionPooler> {
  const free: Lent[] = [];
  const all = new Set<Socket>();

  /** Each client logs in on a connection of its own, which then serves every client. */
  const accept = (client: Socket) => {
    const own: Lent = { socket: connect(target.port, target.host), client };
    let current: Lent | undefined = own;
    all.add(client).add(own.socket);
    client.on('error', () => undefined);
    own.socket.on('error', () => undefined);
    let rest = Buffer.alloc(0);
    own.socket.on('data', (bytes: Buffer) => {
      const receiver = own.client;
      receiver?.write(bytes);
      rest = Buffer.concat([rest, bytes]);
      for (let end = messageEnd(rest); end > 0; end = messageEnd(rest)) {
        const isIdle = rest[0] === readyForQuery && rest[5] === idle;
        rest = rest.subarray(end);
        if (!isIdle) continue;
        free.push(own);
        receiver?.emit('released');
        own.client = undefined;
      }
    });
    client.on('released', () => {
      current = undefined;
    });
    client.on('data', (bytes: Buffer) => {
      // Terminate: the server connection stays.
      if (bytes[0] === 'X'.charCodeAt(0) && !current) return void client.end();
      current ??= free.pop();
      if (!current) throw new Error('no server connection is free');
      current.client = client;
      current.socket.write(bytes);
    });
  };
  const server = createServer(accept);
  await new Promise<void>((resolve) => server.listen(0, host, resolve));
  const { port } = server.address() as { port: number };
  return {
    port,
    close: async () => {
      for (const socket of all) socket.destroy();
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
}

/** Where the first message of the server ends: a type, a length that includes itself, and the content. 0 if incomplete. */
function messageEnd(bytes: Buffer): number {
  if (bytes.length < 6) return 0;
  const end = 1 + bytes.readUInt32BE(1);
  return bytes.length >= end ? end : 0;
}
