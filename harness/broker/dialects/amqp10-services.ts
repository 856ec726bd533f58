import { Claims, TokenNode } from './amqp10-claims.ts';
import { HttpManagement } from './amqp10-http.ts';
import { ManagementNode } from './amqp10-management.ts';
import type { AnyLink, Port } from './amqp10-port.ts';
import type { Service } from './amqp10-requests.ts';

/** The nodes of the broker's own that a connection can ask. */
export class Services {
  readonly #byAddress: ReadonlyMap<string, Service>;
  readonly #claims: Claims | undefined;

  constructor(port: Port, links: () => Iterable<AnyLink>) {
    this.#claims = port.settings.tokens && new Claims(port, links);
    const all: readonly Service[] = [
      new HttpManagement(port, this.#claims),
      new ManagementNode(port),
      ...(this.#claims === undefined ? [] : [new TokenNode(this.#claims)]),
    ];
    this.#byAddress = new Map(all.map(each => [each.address, each]));
  }

  at(address: string | undefined): Service | undefined {
    return address === undefined ? undefined : this.#byAddress.get(address);
  }

  end(): void {
    this.#claims?.end();
  }
}
