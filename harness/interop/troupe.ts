import type { InteropClient } from '../check/record-interop.ts';
import { ClientProcess, type Program } from './client-process.ts';
import { type ClientName, clientRow } from './clients.ts';
import type { Login } from './protocol.ts';
import type { Cast } from './scene.ts';
import { MissingError, type Workshop } from './toolchain.ts';

/** The processes of all clients that can be had, each connected to the broker. */
export class Troupe implements AsyncDisposable {
  readonly #login: Login;
  readonly #programs = new Map<ClientName, Program>();
  readonly #casts = new Map<ClientName, Cast>();
  readonly #clients = new Map<ClientName, InteropClient>();

  constructor(login: Login) {
    this.#login = login;
  }

  /** Prepares each client's toolchain, side by side. What cannot be had is told by `clients`. */
  async prepare(names: readonly ClientName[], shop: Workshop): Promise<void> {
    await Promise.all(
      names.map(async name => {
        const { protocol, language, prepare } = clientRow(name);
        const client = { name, version: null, protocol, language };
        try {
          this.#programs.set(name, await prepare(shop));
          this.#clients.set(name, client);
        } catch (error) {
          if (!(error instanceof MissingError)) throw error;
          this.#clients.set(name, { ...client, missing: error.message });
        }
      }),
    );
  }

  /** In the order in which they were asked for. */
  clients(names: readonly ClientName[]): readonly InteropClient[] {
    return names.flatMap(name => this.#clients.get(name) ?? []);
  }

  /** Why a client plays no part. */
  missing(name: ClientName): string | undefined {
    return this.#clients.get(name)?.missing;
  }

  /** A client's two processes, started and connected where they are not. Rejects with what the client says. */
  async cast(name: ClientName): Promise<Cast> {
    const known = this.#casts.get(name);
    if (known !== undefined && !known.publishing.lost && !known.consuming.lost) return known;
    const program = this.#programs.get(name);
    if (program === undefined) throw new MissingError(this.missing(name) ?? `${name} was not prepared`);
    await this.dismiss(name);
    const publishing = new ClientProcess(program);
    const consuming = new ClientProcess(program);
    const made: Cast = { name, protocol: clientRow(name).protocol, publishing, consuming };
    this.#casts.set(name, made);
    const [told] = await Promise.all([publishing.ask('hello', {}), consuming.ask('hello', {})]);
    const client = this.#clients.get(name);
    if (client !== undefined) this.#clients.set(name, { ...client, version: told.version });
    await Promise.all([publishing.ask('connect', this.#login), consuming.ask('connect', this.#login)]);
    return made;
  }

  /** Ends a client's processes; the next cast starts others. */
  async dismiss(name: ClientName): Promise<void> {
    const cast = this.#casts.get(name);
    this.#casts.delete(name);
    if (cast !== undefined) await Promise.all([cast.publishing.end(), cast.consuming.end()]);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all([...this.#casts.keys()].map(name => this.dismiss(name)));
  }
}
