import { connect } from 'amqplib';
import rhea, { type Connection, type ConnectionOptions, type Receiver, type Sender, type SenderOptions } from 'rhea';
import { Meter, obey, onTheWayMax, prefix, type Traffic } from './client.ts';
import type { Load10 } from './load.ts';

const creditWindow = 1000;

class Traffic10 implements Traffic {
  readonly meter = new Meter();
  readonly #load: Load10;
  readonly #connections: Connection[] = [];
  /** Written anew for each message: rhea has copied it when `send` returns. */
  readonly #octets: Buffer;
  readonly #body: ReturnType<typeof rhea.message.data_section>;
  #sender: Sender | undefined;
  #sent = 0;
  #stopped = false;
  #pace: NodeJS.Timeout | undefined;
  #forget: () => Promise<unknown> = async () => undefined;

  constructor(load: Load10) {
    this.#load = load;
    this.#octets = Buffer.alloc(load.size);
    this.#body = rhea.message.data_section(this.#octets);
  }

  async open(): Promise<void> {
    const address = await this.#node();
    const snd_settle_mode = this.#load.settled ? 1 : 0;
    const receiver = this.#connection().open_receiver({ source: address, credit_window: creditWindow, autoaccept: true, snd_settle_mode });
    await opened(receiver, 'receiver_open');
    receiver.on('message', ({ message }) => {
      const { content } = (message as { readonly body: { readonly content: Buffer } }).body;
      this.meter.take(content.readDoubleBE(0));
      if (this.meter.received % 50 === 0) this.#pump();
    });
    this.#sender = this.#connection().open_sender({ target: address, snd_settle_mode } as SenderOptions);
    await opened(this.#sender, 'sendable');
    this.#sender.on('sendable', () => this.#pump());
  }

  start(): void {
    this.#pump();
    this.#pace = setInterval(() => this.#pump(), 20);
  }

  async close(): Promise<void> {
    this.#stopped = true;
    clearInterval(this.#pace);
    await Promise.all(
      this.#connections.map(each => {
        const closed = new Promise(resolve => {
          each.once('connection_close', resolve);
          each.once('disconnected', resolve);
        });
        each.close();
        return closed;
      }),
    );
    await this.#forget();
  }

  #connection(): Connection {
    const { hostname, port, username, password } = new URL(this.#load.url);
    const login = { username: decodeURIComponent(username), password: decodeURIComponent(password) };
    const options = { host: hostname, port: Number(port === '' ? 5672 : port), ...login, reconnect: false } satisfies Partial<ConnectionOptions>;
    const container = rhea.create_container();
    // Behind a close of ours some brokers still send what was under way, which rhea calls an error.
    container.on('error', error => {
      if (!this.#stopped) throw error;
    });
    // Small settled messages would wait for acknowledgements of TCP that nobody hurries to send; rhea's types do not know this option.
    const connection = container.connect({ ...options, tcp_no_delay: true } as ConnectionOptions);
    connection.on('disconnected', () => undefined);
    this.#connections.push(connection);
    return connection;
  }

  /** The address of a queue of its own: declared by 0-9-1 where the broker speaks it, else such a one as a broker makes where a link asks for it. */
  async #node(): Promise<string> {
    const declaring = await connect(this.#load.url).catch(() => undefined);
    if (declaring === undefined) return prefix;
    const channel = await declaring.createChannel();
    await channel.assertQueue(prefix, { durable: true });
    this.#forget = async () => {
      await channel.deleteQueue(prefix);
      await declaring.close();
    };
    return `/queues/${prefix}`;
  }

  #pump(): void {
    const sender = this.#sender;
    while (!this.#stopped && sender?.sendable() === true && this.#sent - this.meter.received < onTheWayMax) {
      this.#sent += 1;
      this.#octets.writeDoubleBE(performance.now());
      sender.send({ body: this.#body });
    }
  }
}

async function opened(link: Sender | Receiver, event: string): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    link.once(event, () => resolve());
    for (const failure of ['sender_error', 'receiver_error'])
      link.once(failure, () => reject(new Error(`the link was refused: ${JSON.stringify(link.error)}`)));
  });
}

obey<Load10 | 'go'>(load => new Traffic10(load));
