import { DialError } from '../endpoint/transport.ts';
import { protocolHeader091 } from '../wire/protocol-header.ts';
import type { Probed } from './context.ts';

/** Dials and waits for the first octet in answer to a protocol header, whatever it is. `slow`: none came within the budget. */
export async function knock({ transport, clock }: Pick<Probed, 'transport' | 'clock'>, budgetMs: number): Promise<'served' | 'slow' | 'harmed' | 'down'> {
  try {
    const stream = await transport.dial();
    return await new Promise(resolve => {
      const answer = (heard: 'served' | 'slow' | 'harmed') => {
        cancel();
        stream.destroy();
        resolve(heard);
      };
      const cancel = clock.at(clock.now() + budgetMs, () => answer('slow'));
      stream.listen({ data: () => answer('served'), end: () => answer('harmed') });
      stream.write(protocolHeader091);
    });
  } catch (error) {
    if (error instanceof DialError) return 'down';
    throw error;
  }
}
