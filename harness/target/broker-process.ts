import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { BrokerProcessOptions, FromBroker, ToBroker } from './reference-messages.ts';
import { TargetError } from './target.ts';

const extension = import.meta.url.endsWith('.ts') ? '../../dist/harness/target/reference-process.js' : './reference-process.js';
const program = fileURLToPath(new URL(extension, import.meta.url));

/** A reference broker in a process of its own. */
export class BrokerProcess {
  readonly #child: ChildProcess;
  readonly #gone: Promise<unknown>;
  #turn: Promise<unknown> = Promise.resolve();
  #port = 0;
  #tlsPort: number | undefined;
  #webSocketPort: number | undefined;

  private constructor() {
    this.#child = fork(program, { stdio: ['ignore', 'ignore', 'inherit', 'ipc'] });
    this.#gone = once(this.#child, 'exit');
  }

  /** Resolves when it accepts. Rejects with a TargetError where it does not get there. */
  static async start(options: BrokerProcessOptions): Promise<BrokerProcess> {
    const started = new BrokerProcess();
    const answer = await started.ask({ kind: 'start', options });
    if (answer.kind !== 'accepting') {
      await started.kill();
      throw new TargetError(`The embedded reference broker did not start: ${answer.kind === 'refused' ? answer.why : 'it gave no address'}`);
    }
    started.#port = answer.port;
    started.#tlsPort = answer.tlsPort;
    started.#webSocketPort = answer.webSocketPort;
    return started;
  }

  get port(): number {
    return this.#port;
  }

  get tlsPort(): number | undefined {
    return this.#tlsPort;
  }

  get webSocketPort(): number | undefined {
    return this.#webSocketPort;
  }

  get pid(): number | undefined {
    return this.#child.pid;
  }

  get alive(): boolean {
    return this.#child.exitCode === null && this.#child.signalCode === null;
  }

  /** One thing after the other. */
  ask(message: ToBroker): Promise<FromBroker> {
    const answer = this.#turn.then(() => this.#ask(message));
    this.#turn = answer.catch(() => {});
    return answer;
  }

  /** Ends it without warning. */
  async kill(): Promise<void> {
    this.#child.kill('SIGKILL');
    await this.#gone;
  }

  /** Lets it tell its clients and store what is to be stored, and ends it. */
  async stop(): Promise<void> {
    await this.ask({ kind: 'stop' });
    await this.leave();
  }

  /** It ends by itself when nobody asks it anything any more, also when we are killed. */
  async leave(): Promise<void> {
    if (this.#child.connected) this.#child.disconnect();
    await this.#gone;
  }

  async #ask(message: ToBroker): Promise<FromBroker> {
    const answered = once(this.#child, 'message');
    if (this.#child.connected) this.#child.send(message);
    const answer = await Promise.race([answered, this.#gone.then(() => undefined)]);
    if (answer === undefined) throw new TargetError('The embedded reference broker has ended; its own words, if any, stand above.');
    return answer[0] as FromBroker;
  }
}
