import type { ProbeContext } from './context.ts';
import { silence } from './findings.ts';
import type { Tap } from './tap.ts';

/** Resolves when the peer has taken what was sent; rejects with a `Stop` where it takes longer than an answer. What is to go in one piece is not waited for. */
export async function flushed({ context, tap }: { readonly context: ProbeContext; readonly tap: Pick<Tap, 'drained'> }): Promise<void> {
  if (context.inOnePiece) return;
  const { clock, budgets } = context;
  let cancel = () => {};
  const late = new Promise<'late'>(resolve => {
    cancel = clock.at(clock.now() + budgets.reply, () => resolve('late'));
  });
  const end = await Promise.race([tap.drained(), late]);
  cancel();
  if (end === 'late') throw silence('the peer to take what was sent', 'reply', budgets.reply);
}
