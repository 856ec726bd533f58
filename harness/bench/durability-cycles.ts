import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { type ChannelModel, type ConfirmChannel, connect } from 'amqplib';
import { Account, type Counts } from './durability-account.ts';

/** Most messages that wait for their confirm. */
const outstandingMax = 200;

const program = fileURLToPath(new URL(import.meta.url.endsWith('.ts') ? '../../dist/harness/cli/main.js' : '../cli/main.js', import.meta.url));

/** The command line of a broker on any free port. */
export function serveWords(data: string): readonly string[] {
  return [program, 'serve', '--host', '127.0.0.1', '--port', '0', '--json', '--quiet', '--data', data];
}

export interface CyclesOptions {
  /** Folder of the durable store, kept over all cycles. */
  readonly data: string;
  readonly cycles: number;
  /** Latest moment of the kill after the load began, in milliseconds. */
  readonly killWithinMs: number;
  /** From 0 inclusive to 1 exclusive; says when to kill and what to acknowledge. */
  readonly random: () => number;
  /** How the broker is started; left out: `amqpspec serve --data`. It prints JSON with its URL. */
  readonly command?: readonly string[];
  readonly afterCycle?: (done: number, counts: Counts) => void;
}

/**
 * Kills a broker under load, again and again, and accounts for every message: starts it, takes in what is there, empties the queue, publishes with confirms
 * and acknowledges, and kills it at a random moment.
 */
export async function killCycles({ data, cycles, killWithinMs, random, command, afterCycle }: CyclesOptions): Promise<Counts> {
  const account = new Account();
  const words = command ?? serveWords(data);
  for (let cycle = 0; cycle <= cycles; cycle += 1) {
    const child = spawn(process.execPath, words, { stdio: ['ignore', 'pipe', 'inherit'] });
    try {
      const port = await portOf(child);
      await oneLife(port, account, random, cycle === cycles ? undefined : () => kill(child, random() * killWithinMs));
    } finally {
      if (child.exitCode === null && child.signalCode === null) await kill(child, 0);
    }
    afterCycle?.(cycle, account.counts);
  }
  return account.counts;
}

async function kill(child: ChildProcess, afterMs: number): Promise<void> {
  await sleep(afterMs);
  const gone = once(child, 'exit');
  child.kill('SIGKILL');
  await gone;
}

/** The port that a broker tells of as soon as it accepts connections. */
export async function portOf(child: ChildProcess): Promise<number> {
  let text = '';
  for await (const chunk of child.stdout ?? []) {
    text += String(chunk);
    const port = /:(\d+)[/"]/.exec(text)?.[1];
    if (port !== undefined) return Number(port);
  }
  throw new Error('the broker ended before it accepted connections');
}

/** From one start of the broker to its kill; without `ends` only what is there is taken in. */
async function oneLife(port: number, account: Account, random: () => number, ends: (() => Promise<void>) | undefined): Promise<void> {
  const connection = await connect(`amqp://guest:guest@127.0.0.1:${port}`);
  connection.on('error', () => {});
  const channel = await connection.createConfirmChannel();
  channel.on('error', () => {});
  const { messageCount } = await channel.assertQueue('q', { durable: true });
  account.recovered(await contentsOf(connection, messageCount));
  if (ends === undefined) return;
  await channel.purgeQueue('q');
  await channel.prefetch(50);
  const load = new Load(channel, account);
  // On the channel of the publishes: only there does this client keep acknowledgements and publishes in the order in which it was asked for them.
  await channel.consume('q', message => {
    if (message === null || random() < 0.4) return;
    if (random() < 0.3) channel.nack(message, false, true);
    else {
      account.acked(Number(message.content.toString()));
      channel.ack(message);
    }
  });
  load.fill();
  await ends();
  load.stop();
}

/** Everything in the queue, in order; it is left unacknowledged on a channel of its own that closes again, so that it goes back. */
async function contentsOf(connection: ChannelModel, count: number): Promise<readonly number[]> {
  const ids: number[] = [];
  if (count === 0) return ids;
  const own = await connection.createChannel();
  await new Promise<void>(resolve => {
    void own.consume('q', message => {
      if (message !== null) ids.push(Number(message.content.toString()));
      if (ids.length === count) resolve();
    });
  });
  await own.close();
  return ids;
}

/** Publishes as fast as confirms come. */
class Load {
  readonly #channel: ConfirmChannel;
  readonly #account: Account;
  #outstanding = 0;
  #stopped = false;

  constructor(channel: ConfirmChannel, account: Account) {
    this.#channel = channel;
    this.#account = account;
  }

  stop(): void {
    this.#stopped = true;
  }

  fill(): void {
    while (!this.#stopped && this.#outstanding < outstandingMax) {
      const id = this.#account.publishes();
      this.#outstanding += 1;
      this.#channel.sendToQueue('q', Buffer.from(`${id}`), { persistent: true }, error => {
        this.#outstanding -= 1;
        if (error !== null) this.stop();
        else if (!this.#stopped) this.#account.confirmed(id);
        this.fill();
      });
    }
  }
}
